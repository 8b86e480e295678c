import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBenchRelay, type BenchRelay, type Where } from './relay.ts';
import { hook } from './plugins.ts';

/** Milliseconds, one value for each round. */
export interface LoadTimes {
  readonly load: readonly number[];
  /** A bare `import()` of the same plugin as a module that is new to the process. */
  readonly bareImport: readonly number[];
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
  const health = await loader.health();
  const residentBytes = health.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const times = { load: [] as number[], bareImport: [] as number[], bareChild: [] as number[], ten: [] as number[] };
  for (let round = -2; round < rounds; round += 1) {
    await unloadAll();
    const bareImport = await timeOf(() => importCopy(folders[0] ?? ''));
    const load = await timeOf(() => loadAll(relay, names.slice(0, 1)));
    const bareChild = await timeOf(runBareChild);
    await unloadAll();
    const ten = where === 'isolated' ? await timeOf(() => loadAll(relay, names)) : undefined;
    if (round < 0) continue;
    times.bareImport.push(bareImport);
    times.load.push(load);
    times.bareChild.push(bareChild);
    if (ten !== undefined) times.ten.push(ten);
  }
  return { ...times, residentBytes };
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

async function importCopy(folder: string): Promise<void> {
  const copy = path.join(folder, '..', `copy-${(copies += 1)}`);
  fs.cpSync(folder, copy, { recursive: true });
  await import(pathToFileURL(path.join(copy, 'index.js')).href);
}

async function runBareChild(): Promise<void> {
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
}
