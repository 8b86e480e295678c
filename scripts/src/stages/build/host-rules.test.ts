import { describe, expect, it } from 'vitest';
import { cachingOf, contentTypeOf, isNamedByContent } from '../serve/content.ts';
import { headersFile, redirectsFile } from './host-rules.ts';

interface Rule {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** As both hosts read it: a line that begins with a slash is a path, the others are its headers. */
function parse(text: string): readonly Rule[] {
  const rules: { path: string; headers: [string, string][] }[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line.startsWith('/')) rules.push({ path: line, headers: [] });
    else if (line !== '')
      rules.at(-1)?.headers.push([line.slice(0, line.indexOf(':')), line.replace(/^[^:]*:\s*/, '')]);
  }
  return rules;
}

const RULES = parse(headersFile());

/** Cloudflare matches letter by letter; `*` is anything, `:name` anything but a slash. */
function cloudflare(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll(/:[A-Za-z]\w*/g, '[^/]+')}$`);
}

/** Netlify matches segment by segment, whatever the case, with or without a slash at the end; `*` alone may be nothing. */
function netlify(path: string): RegExp {
  const parts = path.split('/').filter(Boolean);
  const patterns = parts.map((part) =>
    part.startsWith(':') ? '[^/]+' : part === '*' ? '?.*' : part.replaceAll('.', String.raw`\.`).replaceAll('*', '.*'),
  );
  return new RegExp(`^/${patterns.join('/')}/?$`, 'iu');
}

const HOSTS = { Netlify: netlify, 'Cloudflare Pages': cloudflare };

/** One of everything that a registry serves. */
const FILES = [
  'index.html',
  'plugins/@acme/audit/index.html',
  'api/v1/config.json',
  'api/v1/plugins.json',
  'api/v1/plugins/page/1.json',
  'api/v1/plugins/@acme/audit.json',
  'api/v1/plugins/@acme/audit/1.2.0.json',
  'api/v1/plugins/@acme/audit/1.2.0/report.json',
  'api/v1/plugins/@acme/audit/1.2.0/download',
  'api/v1/plugins/@acme/audit/readme.md',
  'api/v1/plugins/@acme/audit/readme.html',
  'api/v1/plugins/@acme/audit/config-schema.json',
  `api/v1/plugins/@acme/audit/readme-images/${'0a'.repeat(16)}.png`,
  'api/v1/search/index.json',
  'api/v1/search/files/0vJx_-9a',
  'api/v1/changes.json',
  'api/v1/changes/head.json',
  'api/v1/changes/files/0vJx_-9a.json',
  'api/v1/trust/timestamp.json',
  'assets/archivo.B_mxAKGp.woff2',
  'feed.atom',
  'feed.json',
  'feeds/plugins/@acme/audit.atom',
  'npm/@acme/audit',
  'npm/-/@acme/audit/1.2.0.tgz',
  't/v1/install',
] as const;

describe.each(Object.entries(HOSTS))('the file _headers, as %s reads it', (_host, patternOf) => {
  const matching = (file: string): readonly (readonly [string, string])[] =>
    RULES.filter(({ path }) => patternOf(path).test(`/${file}`)).flatMap(({ headers }) => headers);

  it.each(FILES)('gives %s each header once', (file) => {
    const names = matching(file).map(([name]) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(FILES)('says of %s what the server says', (file) => {
    const said: Readonly<Record<string, string>> = {
      ...contentTypeOf(file),
      'cache-control': cachingOf(file),
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag, ratelimit, ratelimit-policy, retry-after',
      'x-content-type-options': 'nosniff',
      // The host puts no name into it.
      ...(file.endsWith('/download') ? { 'content-disposition': 'attachment' } : {}),
    };
    const given = Object.fromEntries(matching(file));
    expect(said).toMatchObject(given);
    expect(given).toMatchObject({ 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' });
  });

  it.each(FILES)('has %s kept only where its name is of its content', (file) => {
    const caching = Object.fromEntries(matching(file))['cache-control'];
    const expected = isNamedByContent(file) ? cachingOf(file) : undefined;
    expect(caching).toBe(file.startsWith('t/') ? 'no-store' : expected);
  });

  it.each(['npm/@acme%2faudit', 'npm/@acme%2Faudit'])('knows that %s is a document', (file) => {
    expect(Object.fromEntries(matching(file))['content-type']).toBe('application/json; charset=utf-8');
  });

  it('lets a README do nothing, and tells which files have no ending', () => {
    const policy = Object.fromEntries(matching('api/v1/plugins/@acme/audit/readme.html'))['content-security-policy'];
    expect(policy).toBe(contentTypeOf('api/v1/plugins/@acme/audit/readme.html')['content-security-policy']);
    const archive = Object.fromEntries(matching('api/v1/plugins/@acme/audit/1.2.0/download'));
    expect(archive['content-type']).toBe('application/gzip');
  });
});

it('keeps to the limits of Cloudflare Pages', () => {
  const lines = headersFile().split('\n');
  expect(RULES.length).toBeLessThanOrEqual(100);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(2000);
  expect(RULES.filter(({ path }) => path.split('*').length > 2)).toEqual([]);
  // In a value it would stand for what a part of the path matched.
  expect(RULES.flatMap(({ headers }) => headers).filter(([, value]) => /:[A-Za-z]/.test(value))).toEqual([]);
});

describe('the file _redirects', () => {
  it('names the host, which Cloudflare Pages passes over: there it would hide the files', () => {
    expect(redirectsFile('https://plugins.example.com')).toBe(
      'https://plugins.example.com/api/v1/* /api/v1/:splat.json 200\n',
    );
  });

  it.each([undefined, '', 'https://example.com/plugins', 'http://plugins.example.com', 'https://a.example.com:8443'])(
    'is none for %s',
    (baseUrl) => {
      expect(redirectsFile(baseUrl)).toBeUndefined();
    },
  );
});
