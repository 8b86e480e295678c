/** The index of this repository: counted, built, with its pages, and served, all by the program that users run. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { accessLog } from './access-log.ts';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const MAIN = process.env['AR_TEST_PIPELINE'] ?? path.join(ROOT, 'scripts/src/main.ts');
const run = promisify(execFile);

export interface Fixture {
  readonly url: string;
  /** What is served. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

export interface FixtureOptions {
  /** What becomes of the API before pages are made of it. */
  readonly change?: (folder: string) => Promise<void>;
}

/** @returns what it printed */
export async function pipeline(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['--conditions=ar-source', MAIN, ...args]);
  return stdout;
}

export async function buildFixture({ change }: FixtureOptions = {}): Promise<Fixture> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'ar-site-'));
  const [index, log, folder] = ['index', 'access.log', 'out'].map((name) => path.join(work, name)) as [
    string,
    string,
    string,
  ];
  await cp(path.join(ROOT, 'registry-index'), index, { recursive: true });
  await writeFile(log, accessLog(Date.now()));
  await pipeline('stats', 'collect', '--index', index, '--logs', log, '--memory', '256');
  await pipeline('build', '--index', index, '--out', folder);
  await change?.(folder);
  const { url, stop } = await serve(folder);
  await pipeline('site', '--api', folder, '--base-url', url);
  return {
    url,
    folder,
    stop: async () => {
      await stop();
      await rm(work, { recursive: true, force: true });
    },
  };
}

/** @param folder of a built API, with or without its pages */
export async function serve(folder: string): Promise<Pick<Fixture, 'url' | 'stop'>> {
  const args = ['--conditions=ar-source', MAIN, 'serve', '--dir', folder, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`ar-registry serve ended with ${code}.`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
