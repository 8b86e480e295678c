/** Lists that are too long for one page: in a browser, and while plugins come, go and move. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { SiteOutput } from '@ar-registry/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Visit } from './support/browser.ts';
import { pipeline, ROOT, serve } from './support/fixture.ts';
import { brokenLinks, pagesBelow } from './support/links.ts';

const SOURCE = path.join(ROOT, 'registry-index/plugins/@ar/webhook-bridge');
const VERSION = 'versions/1.2.0.yaml';
/** Of its lists, that of the type is cut twice, at `s` and at `slack-`; below `co` is one name in many scopes. */
const NAMES = [
  ...Array.from({ length: 110 }, (_, index) => `@acme/slack-${index.toString(36).padStart(2, '0')}`),
  ...Array.from({ length: 20 }, (_, index) => `@acme/sms-${index}`),
  ...Array.from({ length: 99 }, (_, index) => `@scope-${index}/core`),
  '@acme/zulip',
];

let folder: string;
let served: Awaited<ReturnType<typeof serve>>;
let visit: Visit;
const at = (name: string): string => path.join(folder, name);
const read = (file: string): string => readFileSync(at(file), 'utf8');

/** One more plugin, which is that of this repository by another name. */
function add(name: string, change: (record: string) => string = (record) => record): void {
  const [scope = ''] = name.split('/');
  const to = at(`index/plugins/${name}`);
  const renamed = (file: string): string =>
    readFileSync(path.join(SOURCE, file), 'utf8').replaceAll('"@ar/webhook-bridge"', `"${name}"`);
  mkdirSync(path.join(to, 'versions'), { recursive: true });
  const owners = 'owners:\n  - login: ann\n    id: 7\n';
  writeFileSync(
    path.join(to, 'plugin.yaml'),
    `schemaVersion: 1\nname: "${name}"\n${owners}trust: community\nrepository:\n  url: https://github.com/acme/plugins\n`,
  );
  writeFileSync(path.join(to, 'status.yaml'), 'schemaVersion: 1\ndistTags:\n  latest: 1.2.0\n');
  writeFileSync(path.join(to, VERSION), change(renamed(VERSION)));
  writeFileSync(
    at(`index/scopes/${scope.slice(1)}.yaml`),
    `schemaVersion: 1\nscope: ${scope.slice(1)}\nlevel: community\n${owners}`,
  );
}

async function build(): Promise<void> {
  await pipeline('build', '--index', at('index'), '--out', at('out'));
  // As a large registry has it: what changes is planned by the log of builds.
  const config = at(`out/${routes.config}`);
  const text = readFileSync(config, 'utf8').replace(
    /"format":"\w+","entries":\d+/,
    '"format":"sharded","entries":10000',
  );
  writeFileSync(at('config'), text);
  renameSync(at('config'), config);
}

async function render(out: string, ...more: readonly string[]): Promise<SiteOutput> {
  const args = ['--api', at('out'), '--out', at(out), '--base-url', served.url, '--json'];
  return JSON.parse(await pipeline('site', ...args, ...more)) as SiteOutput;
}

const hashes = (out: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...pagesBelow(at(out)), ...readdirSync(at(`${out}/sitemap`)).map((file) => `sitemap/${file}`)].map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(at(out), file)))
        .digest('hex'),
    ]),
  );

async function expectWhole(): Promise<void> {
  rmSync(at('whole'), { recursive: true, force: true });
  await render('whole', '--full');
  expect(hashes('out')).toEqual(hashes('whole'));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ar-long-'));
  cpSync(path.join(ROOT, 'registry-index'), at('index'), { recursive: true });
  for (const name of NAMES) add(name);
  await build();
  served = await serve(at('out'));
  await render('out');
  visit = await openBrowser(served.url);
}, 180_000);

afterAll(async () => {
  await visit?.close();
  await served?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const PAGES = [
  '/types/bridge/',
  '/types/bridge/by-name/',
  '/types/bridge/by-name/s/',
  '/types/bridge/by-name/slack-/',
  '/types/bridge/by-name/core@scope-/',
];

describe('the pages of a long list', () => {
  it.each(PAGES)('%s: one main heading, accessible, fits a phone', async (route) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints, done } = await visit.open(route, { colorScheme });
      expect(await page.locator('h1').count()).toBe(1);
      expect(await visit.violations(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(complaints()).toEqual([]);
      await done();
    }
  });

  it('lead to every plugin of it, each on one page by name', () => {
    expect(brokenLinks(at('out'))).toEqual([]);
    const byName = pagesBelow(at('out')).filter((file) => file.startsWith('types/bridge/by-name/'));
    const linked = byName.flatMap((file) =>
      [...read(`out/${file}`).matchAll(/<h3><a href="\/plugins\/([^"]*)\/"/g)].map(([, name]) => name),
    );
    expect(linked.length).toBe(new Set(linked).size);
    expect(NAMES.filter((name) => !linked.includes(name))).toEqual([]);
  });
});

describe('a rebuild of long lists', { timeout: 240_000 }, () => {
  it('after one plugin came renders a page or two of each of its lists, and has the bytes of a full build', async () => {
    add('@acme/slack-new');
    await build();
    const { rendered } = await render('out');
    // Three of its own, and two of each list: the type, the category, three tags, the scope, the owner, those of a kind.
    expect(rendered).toBeLessThan(30);
    expect(read('out/types/bridge/by-name/slack-/index.html')).toContain('@acme/slack-new');
    await expectWhole();
  });

  it('after others went, moved and got names of their own has the bytes of a full build', async () => {
    for (const gone of ['@acme/zulip', '@acme/slack-00', ...NAMES.filter((name) => name.startsWith('@scope-1'))])
      rmSync(at(`index/plugins/${gone}`), { recursive: true });
    renameSync(at('index/plugins/@acme/sms-3'), at('index/plugins/@acme/text-3'));
    add('@acme/text-3');
    add('@acme/sms-4', (record) => record.replace(/^ {2}tags:\n(?: {4}- .*\n)+/m, '  tags:\n    - elsewhere\n'));
    add('@acme/sms-5', (record) => record.replace(/^ {2}category: .*$/m, '  category: monitoring'));
    await build();
    await render('out');
    await expectWhole();
    expect(brokenLinks(at('out'))).toEqual([]);
  });

  it('after it became short again has no pages by name', async () => {
    for (const name of NAMES.filter((each) => each.includes('/slack-') || each.endsWith('/core')))
      rmSync(at(`index/plugins/${name}`), { recursive: true, force: true });
    await build();
    await render('out');
    expect(pagesBelow(at('out')).filter((file) => file.includes('by-name'))).toEqual([]);
    await expectWhole();
  });
});
