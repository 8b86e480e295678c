import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { World } from '../benchmark.ts';
import type { Where } from './relay.ts';

/** Runs one measurement of the loader in a process of its own. @throws Error if it fails */
export function runInProcess<Result>(
  { node }: Pick<World, 'node'>,
  measurement: 'cycles' | 'importCycles' | 'loadTimes' | 'messages',
  { where, count }: { readonly where: Where; readonly count: number },
): Result {
  const program = path.join(import.meta.dirname, 'process.ts');
  const flags = ['--expose-gc', '--conditions=ar-source', '--disable-warning=ExperimentalWarning'];
  const { status, stdout, stderr } = spawnSync(node, [...flags, program, measurement, where, String(count)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${measurement} ${where} failed:\n${stderr.slice(-4000)}`);
  // The process that measures wrote it, and nobody else.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result;
}
