/** The whole site over the index of this repository, in a real browser: what visitors see, do, and never notice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { COUNTED } from './support/access-log.ts';
import { buildFixture, type Fixture } from './support/fixture.ts';
import { openBrowser, type Visit } from './support/browser.ts';
import { brokenLinks } from './support/links.ts';

let fixture: Fixture;
let visit: Visit;

beforeAll(async () => {
  fixture = await buildFixture();
  visit = await openBrowser(fixture.url);
}, 180_000);

afterAll(async () => {
  await visit?.close();
  await fixture?.stop();
});

const PLUGIN = '/plugins/@ar/webhook-bridge/';

/** One of each kind. */
const PAGES = [
  '/',
  '/search/',
  '/categories/',
  '/categories/security/',
  '/tags/',
  '/tags/audit/',
  '/types/bridge/',
  '/scopes/@ar/',
  '/authors/agentworkforce/',
  '/scopes/',
  '/authors/',
  PLUGIN,
  `${PLUGIN}v/1.0.1/`,
  '/publish/',
  '/stats/',
  '/status/',
  '/trust/',
  '/docs/',
  '/docs/guides/users/',
  '/docs/reference/plugin-manifest/',
  '/docs/errors/',
  '/docs/readme-html/',
] as const;

/** Runs in a page of its own; fails when it wrote an error to the console or asked another host for anything. */
async function open(route: string, run: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void> {
  const { page, complaints, done } = await visit.open(route, options);
  try {
    await run(page);
    expect(complaints()).toEqual([]);
  } finally {
    await done();
  }
}

describe('pages', () => {
  it.each(PAGES)('%s: one main heading, accessible, fits a phone, nothing from other hosts', async (route) => {
    await open(route, async (page) => {
      expect(await page.locator('h1').count()).toBe(1);
      expect(await visit.violations(page)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    });
  });

  it('are readable in dark colours too', async () => {
    await open(PLUGIN, async (page) => expect(await visit.violations(page)).toEqual([]), { colorScheme: 'dark' });
    await open('/', async (page) => expect(await visit.violations(page)).toEqual([]), { colorScheme: 'dark' });
  });

  it('are found with and without the slash at the end', async () => {
    const [slash, bare] = await Promise.all([PLUGIN, PLUGIN.slice(0, -1)].map((route) => fetch(fixture.url + route)));
    expect([slash?.status, bare?.status]).toEqual([200, 200]);
  });

  it('have whole links to one another', () => {
    expect(brokenLinks(fixture.folder)).toEqual([]);
  });

  it('allow no inline script or style, and nothing from elsewhere', () => {
    const html = readFileSync(path.join(fixture.folder, `${PLUGIN.slice(1)}index.html`), 'utf8');
    const [, policy = ''] = /http-equiv="content-security-policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toMatch(/https?:/);
    const pages = readdirSync(fixture.folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html') && !file.startsWith('api/'))
      .map((file) => [file, readFileSync(path.join(fixture.folder, file), 'utf8')] as const);
    expect(pages.length).toBeGreaterThan(50);
    expect(pages.filter(([, text]) => !text.includes(policy)).map(([file]) => file)).toEqual([]);
    const inline = / style="|<style|<script(?![^>]*\b(?:src=|type="application\/ld\+json"))/;
    expect(pages.filter(([, text]) => inline.test(text)).map(([file]) => file)).toEqual([]);
  });

  it('tell what people look for and do not find, what is used and what fails', async () => {
    await open('/stats/', async (page) => {
      const rows = (title: string): Promise<readonly string[]> =>
        page.getByRole('table', { name: title }).locator('tbody tr').allInnerTexts();
      expect((await rows('What people looked for, in 30 days')).map((row) => row.split('\t')[0]?.trim())).toEqual([
        'slack bridge',
      ]);
      expect((await rows('What people looked for and did not find')).map((row) => row.split('\t')[0]?.trim())).toEqual([
        'fax machine',
      ]);
      expect(await rows('Downloads by category')).toHaveLength(2);
      expect(await page.getByRole('region', { name: 'Error rates' }).locator('tbody tr').allInnerTexts()).toEqual([
        `${COUNTED.used}\t0.20 %\t4,509\t35 ms`,
      ]);
    });
  });

  it('that are not there say so, and name what the address may have meant', async () => {
    const response = await fetch(`${fixture.url}/plugins/@ar/webhok-bridge/`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(404);
    const { page, done } = await visit.open('/plugins/@ar/webhok-bridge/');
    await page.locator('[data-suggestions] a').first().waitFor();
    expect(await page.locator('[data-suggestions] a').first().textContent()).toBe('@ar/webhook-bridge');
    await done();
  });

  it('carry a plugin in less than 90 KB, fonts included, compressed as hosts do', async () => {
    const { page, bytes, done } = await visit.open(PLUGIN);
    await page.waitForLoadState('networkidle');
    expect(await bytes()).toBeLessThan(90_000);
    await done();
  });

  it('do not move while they load', async () => {
    await open(PLUGIN, async (page) => {
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            let sum = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
            }).observe({ type: 'layout-shift', buffered: true });
            requestAnimationFrame(() => setTimeout(() => resolve(sum)));
          }),
      );
      expect(shift).toBeLessThan(0.01);
    });
  });
});

describe('search', () => {
  it('answers on the home page while one types, and Enter on a suggestion leads there', async () => {
    await open('/', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('webhook');
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${PLUGIN}`);
      expect(await page.locator('h1').textContent()).toBe('webhook-bridge');
    });
  });

  it('puts what is asked into the address, and finds it again from there', async () => {
    await open('/search/', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('audit');
      await page.locator('[data-results] h3 a').first().waitFor();
      expect(await page.locator('[data-results] h3').first().textContent()).toBe('audit-logger');
      expect(new URL(page.url()).search).toBe('?q=audit');
    });
    await open('/search/?q=audit&type=hook', async (page) => {
      await page.locator('[data-results] h3 a').first().waitFor();
      expect(await page.locator('[data-results] li').count()).toBe(1);
    });
  });

  it('loads its filters when they are opened, and not before', async () => {
    const { page, requests, done } = await visit.open('/search/?q=plugin');
    await page.locator('[data-status]:not(:empty)').waitFor();
    const filters = (): readonly string[] => requests().filter((url) => url.includes('/pagefind/filter/'));
    expect(filters()).toEqual([]);
    await page.locator('[data-facets] summary').click();
    await page.getByLabel(/^storage/).check();
    await page.waitForURL('**type=storage**');
    expect(filters()).not.toEqual([]);
    await done();
  });

  it('is walked through by arrow keys, and Escape leads back', async () => {
    await open('/search/?sort=downloads', async (page) => {
      await page.locator('[data-results] h3 a').first().waitFor();
      await page.keyboard.press('/');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
        await page.locator('[data-results] h3 a').nth(1).textContent(),
      );
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('words');
    });
  });

  it('says so when nothing is found', async () => {
    await open('/search/?q=zzzzzzzz', async (page) => {
      await page.locator('[data-status]:has-text("zzzzzzzz")').waitFor();
      expect(await page.locator('[data-results] li').count()).toBe(0);
    });
  });
});

describe('a plugin', () => {
  it('has tabs for the arrow keys, which the address follows', async () => {
    await open(PLUGIN, async (page) => {
      await page.locator('#tab-readme').focus();
      await page.keyboard.press('ArrowRight');
      expect(await visiblePanels(page)).toEqual(['versions']);
      expect(new URL(page.url()).hash).toBe('#versions');
      await page.keyboard.press('End');
      expect(await visiblePanels(page)).toEqual(['stats']);
    });
  });

  it('opens the tab that the address names, also one that holds a heading of the README', async () => {
    await open(`${PLUGIN}#permissions`, async (page) => expect(await visiblePanels(page)).toEqual(['permissions']));
    await open(`${PLUGIN}#configuration`, async (page) => expect(await visiblePanels(page)).toEqual(['readme']));
  });

  it('is whole without JavaScript', async () => {
    const options = { javaScriptEnabled: false };
    await open(
      PLUGIN,
      async (page) => {
        expect(await visiblePanels(page)).toEqual(['readme']);
        await page.locator('.tabs a', { hasText: 'Versions' }).click();
        expect(await visiblePanels(page)).toEqual(['versions']);
        expect(await page.locator('.copy:visible').count()).toBe(0);
      },
      options,
    );
    await open(
      '/search/',
      async (page) => expect(await page.locator('[data-resting] .card').count()).toBeGreaterThan(3),
      options,
    );
  });

  it('has its numbers, bars and charts under Stats, with JSON and CSV', async () => {
    await open(`/plugins/${COUNTED.used}/#stats`, async (page) => {
      const panel = page.locator('#stats');
      const tiles = await panel.locator('.counts li:visible').allInnerTexts();
      const of = (label: string): string =>
        tiles.find((text) => text.toLowerCase().includes(label))?.split('\n')[0] ?? '';
      expect(['30 days', 'active', 'error', 'load'].map(of)).toEqual(['1,965', '100', '0.20 %', '35 ms']);
      expect(await panel.getByRole('img').getAttribute('aria-label')).toMatch(/^Downloads a day: 1,965 in 30 days/);
      const shares = await panel
        .getByRole('table', { name: 'Share of each version' })
        .locator('tbody tr')
        .allInnerTexts();
      expect(shares.map((row) => row.split(/\s+/).slice(0, 2))).toEqual([
        ['1.1.0', '68'],
        ['1.0.1', '21'],
        ['1.0.0', '11'],
      ]);
      const links = await panel
        .locator('a[href$=".json"], a[href$=".csv"]')
        .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
      const types = await Promise.all(
        links.map(async (link) => (await page.request.get(link)).headers()['content-type']),
      );
      expect(types).toEqual(['application/json; charset=utf-8', 'text/csv; charset=utf-8']);
    });
  });

  it('shows what was not known when its page was built', async () => {
    await open(`/plugins/${COUNTED.downloaded}/#stats`, async (page) => {
      const error = page.locator('[data-stat="errorRate"]');
      expect(await error.isVisible()).toBe(false);
      await page.route('**/api/v1/stats/plugins/**', (route) =>
        route.fulfill({ json: { errorRate: 0.0125, lastWeek: 7 } }),
      );
      await page.reload();
      await error.waitFor();
      expect(await error.textContent()).toBe('1.25 %');
    });
  });

  it('copies its command', async () => {
    await open(
      PLUGIN,
      async (page) => {
        await page.locator('[data-client=ar] .copy').focus();
        await page.keyboard.press('Enter');
        await page.locator('.copy:has-text("Copied")').waitFor();
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('ar plugin install @ar/webhook-bridge');
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
  });

  it('keeps the colours that its visitor chose', async () => {
    await open(PLUGIN, async (page) => {
      await page.getByRole('button', { name: 'Dark colours' }).click();
      await page.reload();
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    });
  });

  it('shows its configuration, its permissions in words, and what changed', async () => {
    await open(PLUGIN, async (page) => {
      expect(await page.locator('.configuration tbody tr').count()).toBeGreaterThanOrEqual(8);
      expect(await page.locator('#permissions .grants').textContent()).toContain('connect to ${WEBHOOK_URL}');
      expect(await page.locator('#versions .difference').textContent()).toContain('package.json');
    });
  });

  it('prints whole', async () => {
    const { page, done } = await visit.open(PLUGIN);
    await page.emulateMedia({ media: 'print' });
    expect((await visiblePanels(page)).length).toBe(8);
    await done();
  });
});

function visiblePanels(page: Page): Promise<readonly string[]> {
  return page.locator('.panel:visible').evaluateAll((panels) => panels.map(({ id }) => id));
}
