/** A user of the command line: home, data and project of its own, nothing of the machine's. */
import fs from 'node:fs';
import path from 'node:path';
import type { Version } from './installed-cli.ts';
import type { Program } from './measure.ts';

export interface User {
  /** Absolute. */
  readonly project: string;
  readonly ar: (...args: readonly string[]) => Program;
}

export interface UserOptions {
  readonly version: Version;
  readonly registryUrl: string;
  readonly scratch: string;
}

/** @param home one that is used together, where the user is not a new one; else one is made */
export function createUser({ version, registryUrl, scratch }: UserOptions, home?: string): User {
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
  const [file, ...first] = version.command;
  return { project, ar: (...args) => ({ file, args: [...first, ...args], env, cwd: project }) };
}
