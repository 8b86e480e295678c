import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { hook } from './plugins.ts';
import { startBenchRelay, type Where } from './relay.ts';

/** One value after each cycle. */
export interface Cycles {
  /** Of the heap, after a collection. */
  readonly heapBytes: readonly number[];
  /** Sockets, servers, files and children. */
  readonly handles: readonly number[];
}

/** The first cycles fill caches and compile code, which goes on for some hundreds of them. */
const WARM_UP = 500;

/** Unloads and loads a plugin again and again. Needs `--expose-gc`. */
export async function cycles(where: Where, count: number): Promise<Cycles> {
  const plugin = hook(where);
  await using relay = await startBenchRelay([plugin], where);
  return await repeat(count, async () => {
    await relay.loader.unload(plugin.name);
    const [loaded] = await relay.loader.loadAll([{ name: plugin.name, loadTimeoutMs: 60_000 }]);
    if (loaded?.status !== 'active') throw new Error(loaded?.error?.message ?? 'it is not loaded');
  });
}

/** What Node.js itself keeps of a module that is imported under a new address each time: it forgets none. */
export async function importCycles(where: Where, count: number): Promise<Cycles> {
  await using relay = await startBenchRelay([hook(where)], where);
  const url = pathToFileURL(path.join(relay.folders[0] ?? '', 'index.js'));
  if (!fs.existsSync(url)) throw new Error('there is nothing to import');
  let generation = 0;
  return await repeat(count, async () => {
    await import(`${url.href}?generation=${(generation += 1)}`);
  });
}

async function repeat(count: number, cycle: () => Promise<void>): Promise<Cycles> {
  const { gc } = globalThis;
  if (!gc) throw new Error('--expose-gc is missing');
  const heapBytes: number[] = [];
  const handles: number[] = [];
  for (let done = -Math.min(WARM_UP, count); done < count; done += 1) {
    await cycle();
    if (done < 0) continue;
    gc();
    heapBytes.push(process.memoryUsage().heapUsed);
    handles.push(process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length);
  }
  return { heapBytes, handles };
}
