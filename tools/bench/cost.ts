/** What a program takes that runs for seconds or minutes. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Program } from './measure.ts';
import { countingUse, readUse } from './process-use.ts';

export interface Cost {
  readonly ms: number;
  /** Of the program and of all that it started and waited for. */
  readonly cpuMs: number;
  /** Most memory of the largest process of Node.js; 0 where there was none. */
  readonly peakMB: number;
}

/**
 * What is still to be written to the disk is written before, so that nobody pays for it.
 *
 * @param scratch where the processes leave what they used
 * @throws Error if it fails
 * @source POSIX `times`: its second line is of the children of the shell
 */
export function costOf(program: Program, scratch: string): Cost {
  const use = path.join(fs.mkdtempSync(path.join(scratch, 'use-')), 'use');
  const { file, args, env, cwd } = countingUse(program, use);
  spawnSync('sync');
  const startedAt = performance.now();
  const ended = spawnSync('sh', ['-c', '"$@" >/dev/null || exit; times', 'sh', file, ...args], {
    encoding: 'utf8',
    ...(env && { env }),
    ...(cwd !== undefined && { cwd }),
  });
  const ms = performance.now() - startedAt;
  if (ended.status !== 0)
    throw new Error(`${[file, ...args].join(' ')} ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`);
  return { ms, cpuMs: readTimes(ended.stdout), peakMB: readUse(use).peakMB };
}

function readTimes(text: string): number {
  const ofChildren = text.trim().split('\n').at(-1) ?? '';
  const parts = [...ofChildren.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
}
