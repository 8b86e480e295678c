/** What tools that judge pages say of ours: the HTML standard, and Lighthouse as it tests a phone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireProgram } from '@ar-registry/testing/programs';
import { HtmlValidate } from 'html-validate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFixture, type Fixture } from './support/fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await buildFixture();
}, 180_000);

afterAll(() => fixture?.stop());

/** One of each kind. */
const PAGES = [
  '404.html',
  'index.html',
  'search/index.html',
  'categories/index.html',
  'categories/security/index.html',
  'tags/index.html',
  'authors/agentworkforce/index.html',
  'authors/index.html',
  'scopes/index.html',
  'plugins/@ar/webhook-bridge/index.html',
  'plugins/@ar/webhook-bridge/v/1.0.1/index.html',
  'publish/index.html',
  'stats/index.html',
  'status/index.html',
  'trust/index.html',
  'docs/index.html',
  'docs/errors/index.html',
  'docs/guides/users/index.html',
];

describe('HTML', () => {
  const validator = new HtmlValidate({
    extends: ['html-validate:standard'],
    rules: {
      // Matters of taste, and of the compressed form that Astro writes.
      'long-title': 'off',
      'no-trailing-whitespace': 'off',
      'no-inline-style': 'error',
      'require-sri': 'off',
      'tel-non-breaking': 'off',
      // `readonly` lists and regions that scroll take the focus of the keyboard: axe wants it.
      'no-redundant-role': 'error',
    },
  });

  it.each(PAGES)('%s is valid', async (file) => {
    const report = await validator.validateString(readFileSync(path.join(fixture.folder, file), 'utf8'), file);
    const messages = report.results.flatMap(({ messages: found }) =>
      found.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
    );
    expect(messages).toEqual([]);
  });
});

interface Lighthouse {
  readonly lhr: {
    readonly categories: Readonly<Record<string, { readonly score: number }>>;
    readonly audits: Readonly<Record<string, { readonly score: number | null; readonly numericValue?: number }>>;
  };
}

interface Launcher {
  launch(options: { readonly chromePath: string; readonly chromeFlags: readonly string[] }): Promise<{
    readonly port: number;
    kill(): void;
  }>;
}

/** Large and for tests alone: not among the packages of the repository. */
async function importTool<T>(name: string): Promise<T> {
  const tools = createRequire(new URL('../../tools/test-dependencies/package.json', import.meta.url));
  return (await import(pathToFileURL(tools.resolve(name)).href)) as T;
}

describe('Lighthouse', () => {
  it.each(['/', '/search/', '/plugins/@ar/webhook-bridge/'])('has nothing to say about %s', async (route) => {
    const { default: lighthouse } = await importTool<{
      default: (url: string, flags: object) => Promise<Lighthouse | undefined>;
    }>('lighthouse');
    const launcher = await importTool<Launcher>('chrome-launcher');
    const chrome = await launcher.launch({
      chromePath: await requireProgram('chromium'),
      chromeFlags: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      const result = await lighthouse(fixture.url + route, { port: chrome.port, logLevel: 'silent' });
      const { categories, audits } = result?.lhr ?? { categories: {}, audits: {} };
      const scoreOf = (id: string): number => (categories[id]?.score ?? 0) * 100;
      const failed = Object.entries(audits).filter(([, { score }]) => score === 0);
      const rest = { failed: failed.map(([id]) => id), cls: audits['cumulative-layout-shift']?.numericValue };
      expect({
        ...Object.fromEntries(['accessibility', 'best-practices', 'seo'].map((id) => [id, scoreOf(id)])),
        cls: Math.round((rest.cls ?? 1) * 1000),
        failed: scoreOf('accessibility') + scoreOf('best-practices') + scoreOf('seo') === 300 ? [] : rest.failed,
      }).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100, cls: 0, failed: [] });
      // A machine that does other work as well loads slowly; a page that became heavy falls below this anywhere.
      expect(scoreOf('performance')).toBeGreaterThan(40);
      process.stdout.write(`Lighthouse ${route}: performance ${Math.round(scoreOf('performance'))}\n`);
    } finally {
      chrome.kill();
    }
  });
});
