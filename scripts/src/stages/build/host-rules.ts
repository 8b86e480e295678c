/**
 * What hosts of static files read beside the files: `_headers` for Netlify and Cloudflare Pages, and `_redirects` for
 * Netlify. The same headers as `ar-registry serve` gives, as far as such rules can say them.
 *
 * No two rules give one file the same header: Netlify takes the last, Cloudflare joins both with a comma. What never
 * changes is called so only where its name holds a hash of it: these hosts put headers on what is missing, too, and
 * anybody could ask for a version in the moment before it is published. All else these hosts revalidate by themselves.
 *
 * @source https://developers.cloudflare.com/pages/configuration/headers/ (100 rules, 2,000 characters a line, one `*` a path)
 * @source https://docs.netlify.com/manage/routing/headers/ (`*`, and `:name` for a whole segment)
 */
import { EVENT_FOLDER } from '@ar-registry/core/stats';
import { CACHING, EVERYWHERE, OWN_TYPES, README_POLICY } from '../serve/content.ts';
import type { OutputFolder } from './output-folder.ts';

/** @param baseUrl where the registry will be served, where that is known @throws FILE_ACCESS, DISK_FULL */
export async function publishHostRules(out: OutputFolder, baseUrl: string | undefined): Promise<void> {
  const redirects = redirectsFile(baseUrl);
  await out.write('_headers', new TextEncoder().encode(headersFile()));
  if (redirects !== undefined) await out.write('_redirects', new TextEncoder().encode(redirects));
}

const PLUGIN = '/api/v1/plugins/:scope/:name';

const RULES: readonly (readonly [path: string, headers: Readonly<Record<string, string>>])[] = [
  ['/*', EVERYWHERE],
  ['/*.json', { 'content-type': OWN_TYPES.json }],
  ['/*.md', { 'content-type': OWN_TYPES.md }],
  ['/*.atom', { 'content-type': OWN_TYPES.atom }],
  ['/npm/-/*', { 'content-type': OWN_TYPES.tgz }],
  ['/npm/@*', { 'content-type': OWN_TYPES.json }],
  [`${PLUGIN}/:version/download`, { 'content-type': OWN_TYPES.tgz, 'content-disposition': 'attachment' }],
  [`${PLUGIN}/readme.html`, { 'content-security-policy': README_POLICY }],
  [`${PLUGIN}/readme-images/*`, { 'cache-control': CACHING.immutable }],
  ['/api/v1/search/files/*', { 'cache-control': CACHING.immutable }],
  ['/api/v1/changes/files/*', { 'cache-control': CACHING.immutable }],
  ['/assets/*', { 'cache-control': CACHING.immutable }],
  [`${EVENT_FOLDER.replace(/v1\/$/, '')}*`, { 'cache-control': CACHING.never }],
];

/** The text of `_headers`. */
export function headersFile(): string {
  const blocks = RULES.map(([path, headers]) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
  );
  return `${blocks.join('\n')}\n`;
}

/**
 * The text of `_redirects`: an address without an ending is answered by the file with one. Netlify does that where no file
 * is of that name; Cloudflare Pages would do it for files that are there as well, and passes over rules that name a host.
 *
 * @returns undefined where the registry is not at the top of a host that is known, over https: then there is no such rule
 */
export function redirectsFile(baseUrl: string | undefined): string | undefined {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl);
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.port !== '') return undefined;
  return `${url.origin}/api/v1/* /api/v1/:splat.json 200\n`;
}
