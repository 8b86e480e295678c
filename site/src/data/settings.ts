/** What the process that builds says of this build: the one place where the site reads its environment. */

export interface Settings {
  /** Folder of the built API; absolute. Absent where only the sources are looked at. */
  readonly api?: string;
  /** Origin of the site, without a path; what canonical addresses start with. */
  readonly siteUrl: string;
  /** Path below which the site lies, with a slash at both ends. */
  readonly base: string;
  /** Where Astro may write; absolute. Absent while developing. */
  readonly workFolder?: string;
}

export const SETTING_NAMES = {
  api: 'AR_SITE_API',
  url: 'AR_SITE_URL',
  work: 'AR_SITE_WORK',
} as const;

export function readSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const api = env[SETTING_NAMES.api];
  const url = new URL(env[SETTING_NAMES.url] ?? 'http://127.0.0.1:8080');
  const workFolder = env[SETTING_NAMES.work];
  return {
    ...(api === undefined ? {} : { api }),
    siteUrl: url.origin,
    base: `${url.pathname.replace(/\/+$/, '')}/`,
    ...(workFolder === undefined ? {} : { workFolder }),
  };
}
