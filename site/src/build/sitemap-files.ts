/** The sitemaps of a build. No route of the site: they name pages of all plugins, which no page knows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { escapeXml, sitemapCount, sitemapEntries, sitemapIndexXml, sitemapXml } from '../machine/sitemap.ts';
import type { Planned } from './plan.ts';

export interface TextFile {
  /** Relative to the output. */
  readonly file: string;
  /** Absent: what is there. */
  readonly text?: string;
}

const INDEX = 'sitemap.xml';
const FOLDER = 'sitemap/';

/** @param fixed site paths of pages that every registry has @param baseUrl where the site is served */
export function sitemapFiles(
  { rows, lists, fronts }: Pick<Planned, 'rows' | 'lists' | 'fronts'>,
  fixed: readonly string[],
  baseUrl: string,
): readonly TextFile[] {
  const absolute = addressesAt(baseUrl);
  const entries = sitemapEntries(rows, lists, [...fixed, ...fronts]);
  const count = sitemapCount(entries.length);
  return [
    { file: INDEX, text: sitemapIndexXml(count, absolute) },
    ...Array.from({ length: count }, (_, index) => ({
      file: `${FOLDER}${index + 1}.xml`,
      text: sitemapXml(entries, index + 1, absolute),
    })),
  ];
}

export interface DatedSitemaps {
  /** Where the sitemaps are; absolute. */
  readonly out: string;
  /** Of the last build, relative to that. */
  readonly files: readonly string[];
  readonly baseUrl: string;
}

/** The same with other times, of pages that are in them. @param dates by site path @returns undefined where one is not */
export function dateSitemaps(
  { out, files, baseUrl }: DatedSitemaps,
  dates: ReadonlyMap<string, string>,
): readonly TextFile[] | undefined {
  const absolute = addressesAt(baseUrl);
  const left = new Map(
    [...dates].map(([sitePath, at]) => [`<loc>${escapeXml(absolute(sitePath))}</loc><lastmod>`, at]),
  );
  const dated = files.filter(isSitemap).map((file): TextFile => {
    if (file === INDEX) return { file };
    const before = readFileSync(path.join(out, file), 'utf8');
    let text = before;
    for (const [start, at] of left) {
      const found = text.indexOf(start);
      if (found === -1) continue;
      const from = found + start.length;
      text = text.slice(0, from) + at + text.slice(text.indexOf('<', from));
      left.delete(start);
    }
    return text === before ? { file } : { file, text };
  });
  return left.size === 0 ? dated : undefined;
}

function isSitemap(file: string): boolean {
  return file === INDEX || file.startsWith(FOLDER);
}

function addressesAt(baseUrl: string): (sitePath: string) => string {
  const base = baseUrl.replace(/\/+$/, '');
  return (sitePath) => `${base}${sitePath}`;
}
