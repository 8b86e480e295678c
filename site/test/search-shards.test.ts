/** The search of a large registry in a real browser: out of the shards that the command line reads, with the same answers. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createSearch, type SearchEntry, type SearchQuery } from '@ar-registry/core/search';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Opened, type Visit } from './support/browser.ts';
import { buildFixture, type Fixture } from './support/fixture.ts';
import { divideSearch, RATINGS, writeShards } from './support/sharded.ts';

let fixture: Fixture;
let visit: Visit;
let entries: readonly SearchEntry[];

beforeAll(async () => {
  fixture = await buildFixture({
    change: async (folder) => {
      entries = await divideSearch(folder);
    },
  });
  visit = await openBrowser(fixture.url);
}, 180_000);

afterAll(async () => {
  await visit?.close();
  await fixture?.stop();
});

const ranks = new Map(Object.entries(RATINGS).map(([name, { bayesian }]) => [name, bayesian]));

/** Address → the query that it stands for. */
const SEARCHES: readonly (readonly [address: string, query: SearchQuery])[] = [
  ['?q=slack', { text: 'slack' }],
  ['?q=beacon', { text: 'beacon' }],
  ['?q=signal+harbour', { text: 'signal harbour' }],
  ['?q=harb', { text: 'harb' }],
  ['?q=audot', { text: 'audot' }],
  ['?q=lantern+slack', { text: 'lantern slack' }],
  ['?type=bridge', { type: 'bridge' }],
  ['?type=bridge&type=storage&sort=downloads', { type: ['bridge', 'storage'], sort: 'downloads' }],
  ['?q=signal&trust=verified&type=hook&type=bridge', { text: 'signal', trust: 'verified', type: ['hook', 'bridge'] }],
  ['?tag=machine-learning&license=MIT', { tag: 'machine-learning', license: 'MIT' }],
  ['?category=security&sort=updated', { category: 'security', sort: 'updated' }],
  ['?q=archive&sort=updated', { text: 'archive', sort: 'updated' }],
  ['?sort=rating', { ranks }],
  ['?q=beacon&license=MIT&sort=rating', { text: 'beacon', license: 'MIT', ranks }],
];

const names = (page: Page): Promise<readonly string[]> =>
  page
    .locator('[data-results] li')
    .evaluateAll((cards) =>
      cards.map((card) => new URL(card.querySelector('a')?.href ?? '').pathname.slice('/plugins/'.length, -1)),
    );

async function ask(page: Page, words: string): Promise<void> {
  await page.locator('#words').fill(words);
  await page.locator(`[data-status]:has-text("“${words}”")`).waitFor();
}

async function openPanel(page: Page): Promise<void> {
  await page.locator('[data-facets] summary').click();
  await page.locator('[data-facet="type"]').waitFor();
}

describe('the pages of a large registry', () => {
  it('name the shards, and bring no other index', async () => {
    expect(existsSync(path.join(fixture.folder, 'pagefind'))).toBe(false);
    const html = await (await fetch(`${fixture.url}/search/`)).text();
    expect(html).toContain('data-engine="shards"');
    // WebAssembly is Pagefind’s alone.
    expect(html).toContain("script-src 'self';");
  });

  it('load nothing of the search until somebody means to search', async () => {
    const { page, requests, done } = await visit.open('/search/');
    const own = (): readonly string[] => requests().filter((url) => /engine|\/api\/v1\/search\//.test(url));
    expect(own().filter((url) => !url.includes('search-engine'))).toEqual([]);
    const root = page.waitForResponse('**/api/v1/search/index.json');
    await page.locator('#words').focus();
    await root;
    expect(own().filter((url) => url.includes('/search/files/'))).toEqual([]);
    await done();
  });
});

describe('an address', () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await visit.open('/');
  });
  afterAll(() => opened.done());

  it.each(SEARCHES)('%s finds what a look at every plugin finds, in the same order', async (address, query) => {
    const expected = createSearch(entries).find({ ...query, limit: 26 });
    const { page, complaints } = opened;
    await page.goto(`${fixture.url}/search/${address}`);
    await page.locator('[data-status]:not(:empty)').waitFor();
    expect(await page.locator('[data-status]').textContent()).toMatch(
      expected.total === 0 ? /^No plugin/ : new RegExp(`^${expected.total} plugin`),
    );
    for (const shown of [12, 24].filter((each) => each < expected.total)) {
      await page.locator('[data-more]').click();
      await page.locator(`[data-results] li:nth-child(${shown + 1})`).waitFor();
    }
    const found = await names(page);
    expect(found.slice(0, 26)).toEqual(expected.plugins.map(({ name }) => name));
    expect(await page.locator('[data-more]').isVisible()).toBe(found.length < expected.total);
    expect(complaints()).toEqual([]);
  });
});

describe('the search of a large registry', () => {
  it('answers on the home page while one types, and Enter on a suggestion leads there', async () => {
    const { page, complaints, done } = await visit.open('/');
    const form = page.locator('main [data-find]');
    const before = await form.boundingBox();
    await page.keyboard.press('/');
    await page.keyboard.type('webhook');
    await page.locator('[role=option]', { hasText: '@ar/webhook-bridge' }).waitFor();
    // The suggestions lie above the page and move nothing.
    expect(await form.boundingBox()).toEqual(before);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/plugins/@ar/webhook-bridge/');
    expect(complaints()).toEqual([]);
    await done();
  });

  it('suggests plugins where an address leads nowhere', async () => {
    const { page, done } = await visit.open('/plugins/@ar/webhok-bridge/');
    await page.locator('[data-suggestions] a').first().waitFor();
    expect(await page.locator('[data-suggestions] a').first().textContent()).toBe('@ar/webhook-bridge');
    await done();
  });

  it('shows text of plugins as text, and their ratings', async () => {
    const { page, complaints, done } = await visit.open('/search/?q=onerror');
    await page.locator('[data-results] li').first().waitFor();
    expect(await page.locator('[data-results] p').first().textContent()).toBe('<img src=x onerror=alert(1)>');
    await ask(page, 'rbac');
    expect(await page.locator('[data-results] li').first().textContent()).toContain('★ 5.0');
    expect(complaints()).toEqual([]);
    await done();
  });
});

describe('its filters', () => {
  it('ask for nothing more when they are opened, and offer all that there is', async () => {
    const { page, requests, complaints, done } = await visit.open('/search/?q=slack');
    await page.locator('[data-results] li').first().waitFor();
    const before = requests().length;
    await openPanel(page);
    const found = createSearch(entries).find({ text: 'slack', countsFacets: true }).facets;
    const bridges = page.locator('input[name="type"][value="bridge"] + span small');
    await expect.poll(() => bridges.textContent()).toBe(String(found?.type['bridge']));
    expect(requests().slice(before)).toEqual([]);
    const { facets } = createSearch(entries).find({ countsFacets: true });
    for (const facet of ['type', 'trust', 'category', 'license'] as const) {
      const offered = await page
        .locator(`[data-facet="${facet}"] input`)
        .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
      expect(offered.toSorted()).toEqual(Object.keys(facets?.[facet] ?? {}).toSorted());
    }
    expect(await page.locator('[data-facet="tag"] input').count()).toBe(24);
    expect(complaints()).toEqual([]);
    await done();
  });

  it('are put into the address, count what an answer has, and say nothing where nobody knows', async () => {
    const { page, done } = await visit.open('/search/');
    await openPanel(page);
    const count = (value: string): Promise<string | null> =>
      page.locator(`input[name="type"][value="${value}"] + span small`).textContent();
    const { facets } = createSearch(entries).find({ countsFacets: true });
    expect(await count('bridge')).toBe(String(facets?.type['bridge']));
    await ask(page, 'slack');
    const { facets: own } = createSearch(entries).find({ text: 'slack', countsFacets: true });
    expect(await count('bridge')).toBe(String(own?.type['bridge'] ?? 0));
    await page.locator('input[name="type"][value="bridge"]').check();
    await page.waitForURL('**/search/?q=slack&type=bridge');
    await page.locator('input[name="type"][value="bridge"]').uncheck();
    await ask(page, 'signal harbour');
    expect(await count('bridge')).toBe('');
    await done();
  });
});

describe('where something is amiss', () => {
  it('finds what was published while the page was open', async () => {
    const { page, complaints, done } = await visit.open('/search/?q=slack');
    await page.locator('[data-results] li').first().waitFor();
    const [first, ...rest] = entries;
    await writeShards(fixture.folder, [...rest, ...(first ? [{ ...first, description: 'A zeppelin' }] : [])]);
    await ask(page, 'zeppelin');
    expect(await names(page)).toEqual([first?.name]);
    // The files of before are gone, which the browser says and nobody minds.
    expect(complaints().filter((text) => !text.includes('404'))).toEqual([]);
    await done();
  });

  it('reads files that a host has unpacked on the way', async () => {
    const { page, done } = await visit.open('/');
    await page.route('**/api/v1/search/files/*', async (route) => {
      const response = await route.fetch();
      const { gunzipSync } = await import('node:zlib');
      await route.fulfill({ body: gunzipSync(await response.body()) });
    });
    await page.goto(`${fixture.url}/search/?q=webhook`);
    await page.locator('[data-results] li').first().waitFor();
    expect((await names(page))[0]).toBe('@ar/webhook-bridge');
    await done();
  });

  it('finds plugins without their ratings, but not by them', async () => {
    const { page, done } = await visit.open('/');
    await page.route('**/stats/ratings.json', (route) => route.fulfill({ body: '<html>' }));
    await page.goto(`${fixture.url}/search/?q=webhook`);
    await page.locator('[data-results] li').first().waitFor();
    expect((await names(page))[0]).toBe('@ar/webhook-bridge');
    await page.getByLabel('Sort by').selectOption('rating');
    await page.locator('[data-status]:has-text("could not be loaded")').waitFor();
    await done();
  });

  it.each([
    ['is not there', 404, ''],
    ['is damaged', 200, '\u001f\u008b nothing'],
    ['is another document', 200, '{"schemaVersion":1}'],
  ])('says so when a file of the index %s, and searches again when it is back', async (_what, status, body) => {
    const { page, done } = await visit.open('/');
    await page.route('**/api/v1/search/files/*', (route) =>
      route.fulfill({ status, body: Buffer.from(body, 'latin1') }),
    );
    await page.goto(`${fixture.url}/search/?q=webhook`);
    await page.locator('[data-status]:has-text("could not be loaded")').waitFor();
    expect(await page.locator('[data-resting] .card').count()).toBeGreaterThan(3);
    await page.unroute('**/api/v1/search/files/*');
    await ask(page, 'slack');
    expect((await names(page))[0]).toBe('@ar/slack-bridge');
    await done();
  });
});
