/** What a program used, with all programs of Node.js that it started. */
import fs from 'node:fs';
import path from 'node:path';
import type { Program } from './measure.ts';

export interface Use {
  /** Of all of them together, in all threads. */
  readonly cpuMs: number;
  /** Of the largest. */
  readonly peakMB: number;
}

/** The same, but each process leaves in the folder what it used. @param folder not there yet */
export function countingUse(program: Program, folder: string): Program {
  fs.mkdirSync(folder);
  const preload = path.join(folder, 'preload.mjs');
  fs.writeFileSync(
    preload,
    `import fs from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => fs.writeFileSync(${JSON.stringify(folder)} + '/' + process.pid, JSON.stringify(process.resourceUsage())));\n`,
  );
  return { ...program, env: { ...(program.env ?? process.env), NODE_OPTIONS: `--import=${preload}` } };
}

/** @param folder of a program that has ended */
export function readUse(folder: string): Use {
  const used = fs
    .readdirSync(folder)
    .filter((file) => /^\d+$/.test(file))
    .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as NodeJS.ResourceUsage);
  return {
    cpuMs: used.reduce((sum, { userCPUTime, systemCPUTime }) => sum + (userCPUTime + systemCPUTime) / 1000, 0),
    peakMB: Math.max(0, ...used.map(({ maxRSS }) => maxRSS)) / 1024,
  };
}
