/** The browser of the system, driven by tests. It talks to nobody but the page that it is sent to. */
import { chromium, type Browser } from 'playwright-core';

const SYSTEM_PACKAGES = new URL('system-packages.mjs', import.meta.url);

/** @throws {Error} where there is none. End it with `close`. */
export async function openBrowser(): Promise<Browser> {
  const { findProgram } = (await import(/* @vite-ignore */ SYSTEM_PACKAGES.href)) as SystemPackages;
  const executablePath = findProgram('chromium');
  if (executablePath === undefined)
    throw new Error('chromium is not installed: node tools/bootstrap.mjs says how to get it.');
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args });
}

interface SystemPackages {
  readonly findProgram: (name: string) => string | undefined;
}
