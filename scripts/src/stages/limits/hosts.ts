/** What hosts of static files take at most, as far as they say so in numbers. */

/** What is measured of a site. */
export type Measure =
  | 'files'
  | 'bytes'
  | 'bytes of a file'
  | 'rules of _headers'
  | 'rules of _redirects without a *'
  | 'rules of _redirects with a *'
  | 'characters of a line of _headers'
  | 'characters of a line of _redirects';

export interface Host {
  readonly limits: Partial<Readonly<Record<Measure, number>>>;
  /** Where to go from there; completes a sentence that begins with “Serve it from”. */
  readonly next: string;
}

export type HostName = 'github-pages' | 'cloudflare-pages' | 'cloudflare-pages-paid';

const MIB = 1024 * 1024;
/**
 * @source https://developers.cloudflare.com/pages/platform/limits/, /pages/configuration/headers/ and /redirects/: lines of
 * rules for redirects may have 1,000 characters, those of headers 2,000
 */
const CLOUDFLARE = {
  'bytes of a file': 25 * MIB,
  'rules of _headers': 100,
  'rules of _redirects without a *': 2000,
  'rules of _redirects with a *': 100,
  'characters of a line of _headers': 2000,
  'characters of a line of _redirects': 1000,
};
const BUCKET = 'a bucket behind a CDN';
const WORKER = 'R2 behind the Worker';

export const HOSTS: Readonly<Record<HostName, Host>> = {
  /** @source https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits */
  'github-pages': { limits: { bytes: 1e9 }, next: BUCKET },
  'cloudflare-pages': { limits: { files: 20_000, ...CLOUDFLARE }, next: WORKER },
  'cloudflare-pages-paid': { limits: { files: 100_000, ...CLOUDFLARE }, next: WORKER },
};
