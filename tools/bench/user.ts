/** A user of the command line: home, data and project of its own, nothing of the machine's. */
import fs from 'node:fs';
import path from 'node:path';
import type { Version } from './installed-cli.ts';
import { timeOf, type Program } from './measure.ts';

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

/** The same for whom `ar` was run before, so that the code of it is kept; nothing else is. */
export function withCodeOf(cache: string): (program: () => Program) => () => Program {
  return (program) => () => {
    const { env, ...rest } = program();
    return { ...rest, env: { ...env, XDG_CACHE_HOME: cache } };
  };
}

/** A further project of a user who has the plugins: its two files, and nothing else. */
export function fromLock(options: UserOptions, names: readonly string[]): () => Program {
  const home = fs.mkdtempSync(path.join(options.scratch, 'home-'));
  const first = createUser(options, home);
  timeOf(first.ar('plugin', 'install', ...names, '--yes'));
  return () => {
    const user = createUser(options, home);
    for (const file of ['ar-plugins.yaml', 'ar-plugins.lock'])
      fs.copyFileSync(path.join(first.project, file), path.join(user.project, file));
    return user.ar('plugin', 'install');
  };
}
