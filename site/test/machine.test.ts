/** What the site has for programs, over the index of this repository: that it is there, whole, and of its kind. */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ERRORS } from '@ar-registry/core/errors';
import { FINDINGS } from '@ar-registry/core/findings';
import { requireProgram } from '@ar-registry/testing/programs';
import { HtmlValidate } from 'html-validate';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline, ROOT } from './support/fixture.ts';

const BASE = 'https://registry.example.com';
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ar-machine-'));
  await pipeline('build', '--index', path.join(ROOT, 'registry-index'), '--out', folder, '--base-url', BASE);
  await pipeline('site', '--api', folder, '--base-url', BASE);
  browser = await chromium.launch({
    executablePath: await requireProgram('chromium'),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const files = (ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));
/** The file that a static host answers this address with. */
const fileOf = (address: string): string => address.replace(`${BASE}/`, '').replace(/(?:^|\/)$/, '$&index.html');
const HTML = /<a [^>]*href="([^"]*)"/g;

describe('for machines', () => {
  it('every XML and SVG document is well-formed', async () => {
    const page = await browser.newPage();
    const documents = [...files('.xml'), ...files('.atom'), ...files('.svg')].map(
      (file) => [file, read(file)] as const,
    );
    expect(documents.length).toBeGreaterThan(20);
    const broken = await page.evaluate(
      (all) =>
        all
          .filter(([, text]) => new DOMParser().parseFromString(text, 'application/xml').querySelector('parsererror'))
          .map(([file]) => file),
      documents,
    );
    expect(broken).toEqual([]);
    await page.close();
  });

  it('the sitemap names pages that there are, and every plugin', () => {
    const [sitemap] = [...read('sitemap.xml').matchAll(/<loc>(.*?)<\/loc>/g)].map(([, address = '']) =>
      fileOf(address),
    );
    const addresses = [...read(sitemap ?? '').matchAll(/<loc>(.*?)<\/loc>/g)].map(([, address = '']) => address);
    expect(addresses).toContain(`${BASE}/plugins/@ar/audit-logger/`);
    for (const address of addresses) expect(read(fileOf(address))).toContain(`<link rel="canonical" href="${address}"`);
  });

  it('what llms.txt, robots.txt and pages name is there', () => {
    const named = [
      ...[...read('llms.txt').matchAll(/\]\((https:[^)]*)\)/g)].map(([, address = '']) => address),
      ...[...read('robots.txt').matchAll(/^Sitemap: (.*)$/gm)].map(([, address = '']) => address),
      ...files('.html')
        .filter((file) => !file.startsWith('api/'))
        .flatMap((file) => [
          ...read(file).matchAll(/(?:rel="alternate"[^>]*href|property="og:image" content)="([^"]*)"/g),
        ])
        .map(([, address = '']) => (address.startsWith('/') ? BASE + address : address)),
    ];
    expect(named).toContain(`${BASE}/og/@ar/audit-logger.png`);
    expect(named).toContain(`${BASE}/feeds/plugins/@ar/audit-logger.atom`);
    for (const address of new Set(named)) expect(read(fileOf(address)).length).toBeGreaterThan(0);
  });

  it('the card of a plugin is a picture that browsers read', async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path.join(folder, 'og/@ar/audit-logger.png')).href);
    const size = await page.evaluate(() => [document.images[0]?.naturalWidth, document.images[0]?.naturalHeight]);
    expect(size).toEqual([1200, 630]);
    await page.close();
  });

  it('a plugin is described as software, in its page and in Markdown', () => {
    const [, json = ''] =
      /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(read('plugins/@ar/audit-logger/index.html')) ?? [];
    expect(JSON.parse(json)).toMatchObject({ '@type': 'SoftwareApplication', name: '@ar/audit-logger' });
    expect(read('plugins/@ar/audit-logger.md')).toMatch(/^# @ar\/audit-logger\n/);
  });

  it('every schema is at the path of its id', () => {
    for (const file of files('.schema.json')) {
      const { $id } = JSON.parse(read(file)) as { readonly $id: string };
      expect(new URL($id).pathname).toBe(`/${file}`);
    }
  });
});

describe('documentation', () => {
  it('has a place for every error and every finding', () => {
    const [errors, findings] = [read('docs/errors/index.html'), read('docs/findings/index.html')];
    expect(Object.keys(ERRORS).filter((code) => !errors.includes(`<tr id="${code}">`))).toEqual([]);
    expect(Object.keys(FINDINGS).filter((code) => !findings.includes(`<tr id="${code}">`))).toEqual([]);
  });

  it('is valid HTML', async () => {
    const validator = new HtmlValidate({
      extends: ['html-validate:standard'],
      // Of taste: how Astro writes what is valid either way.
      rules: {
        'void-style': 'off',
        'long-title': 'off',
        'attribute-boolean-style': 'off',
        'attribute-empty-style': 'off',
      },
    });
    const pages = files('index.html').filter((file) => file.startsWith('docs/'));
    const reports = await Promise.all(pages.map((file) => validator.validateString(read(file), file)));
    const messages = reports.flatMap(({ results }) => results.flatMap((result) => result.messages));
    expect(messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} ${selector ?? ''}`)).toEqual([]);
  });

  it('has no link to a place that is not there', () => {
    const pages = files('index.html').filter((file) => file.startsWith('docs/'));
    const broken = pages.flatMap((file) =>
      [...read(file).matchAll(HTML)].flatMap(([, href = '']) => {
        const from = `${BASE}/${file.replace('index.html', '')}`;
        if (!URL.canParse(href, from)) return [`${file}: ${href}`];
        const { pathname, hash, origin } = new URL(href, from);
        if (origin !== BASE || hash === '') return [];
        const target = read(fileOf(BASE + pathname));
        return target.includes(`id="${decodeURIComponent(hash.slice(1))}"`) ? [] : [`${file}: ${href}`];
      }),
    );
    expect(pages.length).toBeGreaterThan(15);
    expect(broken).toEqual([]);
  });
});
