/** A user of the command line: home, data and project of its own, nothing of the machine's. */
import fs from 'node:fs';
import path from 'node:path';
import type { Program } from './measure.ts';

export interface User {
  /** Absolute. */
  readonly project: string;
  readonly ar: (...args: readonly string[]) => Program;
}

export interface UserOptions {
  readonly node: string;
  /** `bin/ar.js`. */
  readonly ar: string;
  readonly registryUrl: string;
  readonly scratch: string;
}

/** @param home one that is used together, where the user is not a new one; else one is made */
export function createUser({ node, ar, registryUrl, scratch }: UserOptions, home?: string): User {
  const folder = fs.mkdtempSync(path.join(scratch, 'user-'));
  const project = path.join(folder, 'project');
  fs.mkdirSync(project);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home ?? folder,
    TMPDIR: scratch,
    AR_REGISTRY: registryUrl,
    AGENT_RELAY_DATA_DIR: path.join(home ?? folder, 'data'),
  };
  return { project, ar: (...args) => ({ file: node, args: [ar, ...args], env, cwd: project }) };
}
