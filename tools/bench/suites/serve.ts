import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { putUnderLoad, type Load } from '../load.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { serveFolder } from '../serve-folder.ts';
import { median } from '../statistics.ts';

const PLUGINS = 20;
const ROUNDS = 5;
const LOAD = { connections: 32, durationMs: 500 };

export const serve: Benchmark = {
  name: 'serve',
  summary: `\`ar-registry serve\` under ${LOAD.connections} connections, against a web server with the same file`,
  run: async (world) => {
    const folder = path.join(world.scratch, 'serve');
    await writeRegistry(folder, PLUGINS);
    await using plain = await serveFolder({ folder, cacheControl: 'no-cache', scratch: world.scratch });
    await using ours = await startServe(world, folder);
    const document = `/api/v1/plugins/${pluginNames(PLUGINS)[3] ?? ''}.json`;
    const subjects = new Map([
      [plain.kind, plain.url + document],
      ['ar-registry serve', ours.url + document],
      ['ar-registry serve, no ending', ours.url + document.replace(/\.json$/, '')],
    ]);
    const loads = new Map([...subjects.keys()].map((name) => [name, [] as Load[]]));
    for (let round = -1; round < ROUNDS; round += 1)
      for (const [name, url] of subjects) {
        const load = await putUnderLoad(url, LOAD);
        if (round >= 0) loads.get(name)?.push(load);
      }
    return [...loads].flatMap(([name, found]) => rowsOf(name, found, loads.get(plain.kind) ?? []));
  },
};

/** Of each round against the same round of the plain server: what else the machine does meets both. */
function rowsOf(name: string, found: readonly Load[], plain: readonly Load[]): readonly Row[] {
  const rows: readonly Row[] = [
    { name: `${name}: requests`, unit: '1/s', value: median(found.map(({ perSecond }) => perSecond)) },
    { name: `${name}: p99`, unit: 'ms', value: median(found.map(({ p99Ms }) => p99Ms)) },
  ];
  if (found === plain) return rows;
  const ratio = (of: (load: Load) => number): number =>
    median(found.map((load, round) => of(load) / of(plain[round] ?? load)));
  return [
    ...rows,
    { name: `${name}: time of a request`, unit: 'x', value: ratio(({ perSecond }) => 1 / perSecond) },
    { name: `${name}: p99, relative`, unit: 'x', value: ratio(({ p99Ms }) => p99Ms) },
  ];
}

async function startServe({ node, root }: World, folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const program = ['--conditions=ar-source', path.join(root, 'scripts/src/main.ts')];
  const child = spawn(node, [...program, 'serve', '--dir', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [text] = (await Promise.race([once(child.stdout, 'data'), exited])) as [unknown];
  if (!Buffer.isBuffer(text)) throw new Error('ar-registry serve does not start.');
  return {
    url: text.toString().trim(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
