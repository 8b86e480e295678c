import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { World } from '../benchmark.ts';
import type { Cycles } from './cycles.ts';
import type { LoadTimes } from './load-times.ts';
import type { Messages } from './messages.ts';
import type { OfficialTimes } from './official.ts';
import type { Where } from './relay.ts';

interface Results {
  readonly cycles: Cycles;
  readonly importCycles: Cycles;
  readonly loadTimes: LoadTimes;
  readonly messages: Messages;
  readonly official: readonly OfficialTimes[];
}

/** Runs one measurement of the loader in a process of its own. @throws Error if it fails */
export function runInProcess<Name extends keyof Results>(
  { node }: Pick<World, 'node'>,
  measurement: Name,
  { where, count }: { readonly where: Where; readonly count: number },
): Results[Name] {
  const program = path.join(import.meta.dirname, 'process.ts');
  const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const { status, stdout, stderr } = spawnSync(node, [...flags, program, measurement, where, String(count)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${measurement} ${where} failed:\n${stderr.slice(-4000)}`);
  // The process that measures wrote it, and nobody else.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Results[Name];
}
