/** @ar/message-analytics in the real daemon, seen in a real browser: in the daemon's process, and in one of its own. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../tools/browser.ts';
import { connectInbox } from './support/inbox.ts';
import { addPlugin, buildPlugins } from './support/packed-plugin.ts';
import { createProject, dataDir, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

let browser: Browser;

beforeAll(async () => {
  silenceRelay();
  await buildPlugins(['plugins/message-analytics']);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  removeWorkDir();
});

function projectWithWidget(isolation: 'none' | 'process'): TestProject {
  const project = createProject();
  addPlugin(project, 'plugins/message-analytics');
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './message-analytics', isolation }] }));
  return project;
}

async function openPage(relay: TestRelay, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => faults.push(message.text()));
  await page.goto((await relay.loader.widgetsUrl) ?? '');
  return page;
}

/** What went wrong in the pages that were open, such as a script that its policy forbids. */
const faults: string[] = [];

async function closePage(page: Page): Promise<void> {
  await page.close();
  expect(faults.splice(0)).toEqual([]);
}

/** The text of a display, by its title. */
function display(page: Page, title: string): Promise<string> {
  return page.locator('article', { has: page.getByRole('heading', { name: title, exact: true }) }).innerText();
}

/** Displays are asked for one by one, every two seconds. */
const WITHIN = { timeout: 10_000 };

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('the page shows how much, how fast, by whom and what failed, live and after a restart', async () => {
    const project = projectWithWidget(isolation);
    {
      await using relay = await startTestRelay(project);
      const page = await openPage(relay);
      await page.getByText('Live', { exact: true }).waitFor();
      // Whoever leaves acknowledges no more: both stay.
      using alice = await connectInbox(relay.socketPath, 'Alice');
      using bob = await connectInbox(relay.socketPath, 'Bob');
      for (let n = 1; n <= 21; n += 1) alice.client.sendMessage('Bob', `message ${n}`);
      alice.client.sendMessage('Nobody', 'message 22');
      await bob.inbox.waitFor(({ body }) => body === 'message 21');
      // While the page is open, and without asking again.
      await expect.poll(() => display(page, 'Messages'), WITHIN).toMatch(/\b22\s*in 60 min/);
      await expect.poll(() => display(page, 'Latency, median'), WITHIN).toMatch(/\d\s*ms/);
      await expect.poll(() => display(page, 'Failed deliveries'), WITHIN).toMatch(/4\.55\s*%/);
      await expect.poll(() => display(page, 'Top senders'), WITHIN).toMatch(/Alice\s+22\s+100\.0 %/);
      await expect
        .poll(() => display(page, 'Why deliveries failed'), WITHIN)
        .toMatch(/no such agent, or it takes no more\s+1\b/);
      await expect.poll(() => display(page, 'Slowest receivers'), WITHIN).toContain('Bob');
      expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
      expect(await page.locator('canvas').count()).toBe(2);
      await closePage(page);
    }
    await using relay = await startTestRelay(project);
    const page = await openPage(relay);
    await expect.poll(() => display(page, 'Messages'), WITHIN).toMatch(/\b22\s*in 60 min/);
    await closePage(page);
    const [state = ''] = globSync('**/ar__message-analytics/state.json', { cwd: dataDir });
    expect(readFileSync(join(dataDir, state), 'utf8')).not.toMatch(/message \d/);
  });
});

test.each([
  ['light', 1200],
  ['dark', 1200],
  ['light', 360],
  ['dark', 360],
] as const)(
  'the page can be read in %s, %i pixels wide, and draws in the colours of its theme',
  async (colorScheme, width) => {
    await using relay = await startTestRelay(projectWithWidget('none'));
    const page = await openPage(relay, { colorScheme, viewport: { width, height: 800 } });
    await page.locator('canvas').nth(1).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate(CONTRASTS)).toEqual([]);
    const before = await page.evaluate(AXES);
    await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' });
    await expect.poll(() => page.evaluate(AXES)).not.toEqual(before);
    await page.close();
  },
);

/** Texts with less contrast to what is behind them than 4.5 to 1. */
const CONTRASTS = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === 'rgba(0, 0, 0, 0)' && element.parentElement ? behind(element.parentElement) : backgroundColor;
  };
  return [...document.querySelectorAll('h1, h2, h3, p, td, th, pre, span, .chart')].flatMap((element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort();
    return (b + 0.05) / (a + 0.05) < 4.5 ? [element.textContent] : [];
  });
})()`;

/** Short words of tables that go over more than one line. */
const BROKEN_WORDS = `[...document.querySelectorAll('.scroll th, .scroll td')].flatMap((cell) => {
  const { textContent: text } = cell;
  if (text === '' || text.length > 8 || text.includes(' ')) return [];
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1 ? [text] : [];
})`;

/** Whatever is drawn in the corner of the first chart where the numbers of its axis stand. */
const AXES = `(() => {
  const canvas = document.querySelector('canvas');
  return [...canvas.getContext('2d').getImageData(0, 0, 60, canvas.height).data].join();
})()`;
