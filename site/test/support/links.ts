/** Links between pages that were built into a folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of all pages, but for documents of the API. @returns `page → address` of which there is no file */
export function brokenLinks(folder: string): readonly string[] {
  const exists = (link: string): boolean => {
    const file = path.join(folder, link);
    return [file, path.join(file, 'index.html')].some((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
  };
  const broken = pagesBelow(folder).flatMap((file) =>
    linksIn(readFileSync(path.join(folder, file), 'utf8'))
      .filter((link) => !exists(link))
      .map((link) => `${file} → ${link}`),
  );
  return [...new Set(broken)];
}

/** Files, relative to the folder. */
export function pagesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.html') && !file.startsWith('api/') && statSync(path.join(folder, file)).isFile(),
  );
}

/** Addresses within the site, without fragment and query. */
function linksIn(html: string): readonly string[] {
  return [...html.matchAll(/\s(?:href|src)="(\/[^"#?]*)/g)].map(([, link]) => decodeURI(link ?? ''));
}
