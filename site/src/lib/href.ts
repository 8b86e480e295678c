/** Addresses within the site, wherever it lies. */
import { readSettings } from '../data/settings.ts';

const { base, siteUrl } = readSettings();

/** @param sitePath `/plugins/` and the like @returns the same below the base path of this build */
export function href(sitePath: string): string {
  return `${base}${sitePath.replace(/^\/+/, '')}`;
}

/** With the origin in front. */
export function absolute(sitePath: string): string {
  return `${siteUrl}${href(sitePath)}`;
}
