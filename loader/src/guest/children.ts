/**
 * Node's switch allows all programs or none; their names are looked at here. A name stands for the program that it is in the
 * `PATH` that was handed over, whatever the plugin makes of its variables.
 */
import type childProcess from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import type { Refuse } from './refuse.ts';

type Check = (file: unknown) => void;
type Start = (...args: unknown[]) => unknown;
type Variables = Readonly<Record<string, unknown>>;

interface SpawnOptions {
  readonly file?: unknown;
  /** `NAME=value`; those of the process where it is absent. */
  readonly envPairs?: readonly string[];
}

/** Reads the variables of the process as they are now. */
export function limitChildren(module: typeof childProcess, refuse: Refuse, names: readonly string[]): void {
  const check: Check = (file) => {
    if (typeof file !== 'string' || !names.includes(file))
      throw refuse({ permission: `childProcess: [${String(file)}]`, resource: `starting ${String(file)}` });
  };
  const { env } = process;
  const path = pathOf(env);
  limitSpawn(module, check, (pairs) => {
    const given = pairs ?? Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const others = given.map(String).filter((pair) => !isPath(pair.split('=')[0]));
    return [...others, ...Object.entries(path).map(([name, value]) => `${name}=${value}`)];
  });
  const target = module as unknown as Record<string, Start>;
  for (const name of ['spawnSync', 'execFileSync'] as const) limitSync(target, name, { check, env, path });
  // A command line for the shell may hold any program.
  for (const name of ['exec', 'execSync', 'fork'] as const) {
    const original = target[name];
    target[name] = (...args) => {
      check(name === 'fork' ? process.execPath : SHELL);
      return original?.(...args);
    };
  }
}

const SHELL = '/bin/sh';

/** Without what means the working folder, which the plugin chooses; without any, the system has its own. */
function pathOf({ PATH = '' }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const folders = PATH.split(delimiter).filter(isAbsolute);
  return folders.length === 0 ? {} : { PATH: folders.join(delimiter) };
}

function isPath(name: string | undefined): boolean {
  return name?.toUpperCase() === 'PATH';
}

/** What all asynchronous ways come to, a shell among them. */
function limitSpawn(
  module: typeof childProcess,
  check: Check,
  withPath: (pairs: SpawnOptions['envPairs']) => readonly string[],
): void {
  const prototype = module.ChildProcess.prototype as unknown as { spawn: (options: SpawnOptions) => unknown };
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    // Read once: it could be another the second time.
    const own = { ...options };
    check(own.file);
    return spawn.call(this, { ...own, envPairs: withPath(own.envPairs) });
  };
}

interface SyncPorts {
  readonly check: Check;
  readonly env: Variables;
  /** `PATH`, if there is one. */
  readonly path: Readonly<Record<string, string>>;
}

/** These go past it. */
function limitSync(target: Record<string, Start>, name: string, { check, env, path }: SyncPorts): void {
  const original = target[name];
  target[name] = (file, first, second) => {
    check(file);
    // The list of arguments may be left out.
    const [args, given] = Array.isArray(first) || !first ? [first ?? [], second] : [[], first];
    const options = { ...(given as { readonly shell?: unknown; readonly env?: Variables } | undefined) };
    if (options.shell) check(options.shell === true ? SHELL : options.shell);
    const variables = Object.entries({ ...(options.env ?? env) }).filter(([key]) => !isPath(key));
    return original?.(file, args, { ...options, env: { ...Object.fromEntries(variables), ...path } });
  };
}
