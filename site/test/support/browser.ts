/** Pages in a real browser, each in a context of its own, and what they should not do written down. */
import { requireProgram } from '@ar-registry/testing/programs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium, type BrowserContextOptions, type Page, type Request } from 'playwright-core';

export interface Opened {
  readonly page: Page;
  /** Errors of the console, exceptions, and requests to other hosts. */
  readonly complaints: () => readonly string[];
  /** Addresses that were asked for. */
  readonly requests: () => readonly string[];
  /** Of the answers, as they come over the line. */
  readonly bytes: () => Promise<number>;
  readonly done: () => Promise<void>;
}

export interface Visit {
  open(route: string, options?: BrowserContextOptions): Promise<Opened>;
  /** Broken rules of accessibility, one sentence each. */
  violations(page: Page): Promise<readonly string[]>;
  close(): Promise<void>;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export async function openBrowser(url: string): Promise<Visit> {
  const browser = await chromium.launch({
    executablePath: await requireProgram('chromium'),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const axe = readFileSync(AXE, 'utf8');
  return {
    open: async (route, options = {}) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const [complaints, requests]: [string[], string[]] = [[], []];
      const finished: Request[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('request', (request) => {
        requests.push(request.url());
        if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:'))
          complaints.push(`asked ${request.url()}`);
      });
      page.on('requestfinished', (request) => finished.push(request));
      await page.goto(url + route, { waitUntil: 'load' });
      return {
        page,
        complaints: () => complaints,
        requests: () => requests,
        bytes: async () => {
          const sizes = await Promise.all(finished.map((request) => request.sizes()));
          return sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
        },
        done: () => context.close(),
      };
    },
    violations: async (page) => {
      // By the debugger: the policy of the pages lets no script in.
      await page.evaluate(axe);
      return page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as Axe).axe.run();
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
      });
    },
    close: () => browser.close(),
  };
}

interface Axe {
  readonly axe: {
    readonly run: () => Promise<{
      readonly violations: readonly {
        readonly id: string;
        readonly nodes: readonly { readonly target: readonly string[] }[];
      }[];
    }>;
  };
}
