import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { dataPaths } from '@ar-registry/core/layout';
import { integrityOf } from '@ar-registry/io/digest';
import { dataDir } from '../../../loader/test/support/project.ts';
import { startBenchRelay, type BenchRelay, type Where } from './relay.ts';
import { hook } from './plugins.ts';

/** Milliseconds, one value for each round. */
export interface LoadTimes {
  readonly load: readonly number[];
  /** A bare `import()` of a copy of the plugin, that is of a module that is new to the process. */
  readonly bareImport: readonly number[];
  /** The same, after SHA-512 of each file of the package: less than that cannot be done. */
  readonly hashedImport: readonly number[];
  /** A child process with `node -e 0`, from its start to its end. */
  readonly bareChild: readonly number[];
  /** Ten plugins, each in a process of its own, from the start of the first to the last one's being active. */
  readonly ten: readonly number[];
  /** Of each of the ten. */
  readonly residentBytes: readonly number[];
}

const TEN = 10;

export async function loadTimes(where: Where, rounds: number): Promise<LoadTimes> {
  const plugins = Array.from({ length: where === 'isolated' ? TEN : 1 }, (_, index) => hook(where, index));
  const names = plugins.map(({ name }) => name);
  await using relay = await startBenchRelay(plugins, where);
  const { loader, folders } = relay;
  const unloadAll = async (): Promise<void> => {
    for (const name of names) if (loader.getLoaded().some((one) => one.name === name)) await loader.unload(name);
  };
  if (where === 'isolated') await snapshotMade();
  const times: Record<Exclude<keyof LoadTimes, 'residentBytes'>, number[]> = {
    load: [],
    bareImport: [],
    hashedImport: [],
    bareChild: [],
    ten: [],
  };
  for (let round = -2; round < rounds; round += 1) {
    await unloadAll();
    const [bare, hashed] = [copyOf(folders[0]), copyOf(folders[0])];
    // What was not run for a while is slow the first time, whatever is imported.
    await importFrom(copyOf(folders[0]), hashFiles);
    const took = {
      bareImport: await timeOf(() => importFrom(bare)),
      hashedImport: await timeOf(() => importFrom(hashed, hashFiles)),
      load: await timeOf(() => loadAll(relay, names.slice(0, 1))),
      bareChild: await timeOf(runBareChild),
    };
    await unloadAll();
    const ten = where === 'isolated' ? { ten: await timeOf(() => loadAll(relay, names)) } : {};
    if (round < 0) continue;
    for (const [name, ms] of Object.entries({ ...took, ...ten })) times[name as keyof typeof times].push(ms);
  }
  const health = await loader.health();
  return { ...times, residentBytes: health.flatMap(({ memoryBytes }) => memoryBytes ?? []) };
}

const SNAPSHOT_MS = 60_000;

/**
 * It is made once in the life of an installation, while the first plugins already run without.
 *
 * @throws Error where none is made: a bundle of the guest that is older than the loader is not used
 */
async function snapshotMade(): Promise<void> {
  const folder = path.join(dataDir, dataPaths.guests);
  const isThere = (): boolean => fs.existsSync(folder) && fs.readdirSync(folder).some((name) => name.endsWith('.blob'));
  const endMs = performance.now() + SNAPSHOT_MS;
  while (!isThere()) {
    if (performance.now() > endMs) throw new Error('no snapshot of the guest is made: run npm run build');
    await setTimeout(20);
  }
}

/** @throws Error where one does not become active */
async function loadAll({ loader }: BenchRelay, names: readonly string[]): Promise<void> {
  const loaded = await loader.loadAll(names.map((name) => ({ name, loadTimeoutMs: 60_000 })));
  const failed = loaded.find(({ status }) => status !== 'active');
  if (failed) throw new Error(failed.error?.message ?? failed.status);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

let copies = 0;

/** Not measured: the loader copies nothing. */
function copyOf(folder = ''): string {
  const copy = path.join(folder, '..', `copy-${(copies += 1)}`);
  fs.cpSync(folder, copy, { recursive: true });
  return copy;
}

async function importFrom(folder: string, before?: (folder: string) => void): Promise<void> {
  before?.(folder);
  await import(pathToFileURL(path.join(folder, 'index.js')).href);
}

function hashFiles(folder: string): void {
  for (const name of fs.readdirSync(folder)) integrityOf(fs.readFileSync(path.join(folder, name)));
}

async function runBareChild(): Promise<void> {
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
}
