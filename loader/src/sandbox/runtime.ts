/** The program that runs plugins, and which walls it and the system have. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * What keeps a plugin in. `files`: reading and writing. `network`: the system or the runtime lets nothing out.
 * `unix-sockets`: not even to programs on this machine. `signals`: no other process can be seen or signalled.
 * `memory`: the resident memory and the time of the processor are watched. `modules`: what a plugin imports is looked
 * at. `orphans`: the plugin ends with the daemon, however that ends.
 */
export const LAYERS = ['files', 'network', 'unix-sockets', 'signals', 'memory', 'modules', 'orphans'] as const;
export type Layer = (typeof LAYERS)[number];

export interface Runtime {
  /** Absolute path of a Node.js. */
  readonly node: string;
  /** `24.21.0` */
  readonly version: string;
  /** What the program is started through: `[path, ...arguments]` of programs that start the next; may be empty. */
  readonly prefix: readonly string[];
  readonly missing: readonly Layer[];
}

export interface RuntimePorts {
  readonly node: string;
  readonly platform: NodeJS.Platform;
  /** Folders of programs, as in `PATH`. */
  readonly path: string;
}

const run = promisify(execFile);
const PROBE_TIMEOUT_MS = 10_000;
const PRIVILEGES = ['--pdeathsig', 'KILL', '--no-new-privs'];
const NAMESPACES = ['--user', '--map-current-user', '--net', '--pid', '--fork', '--kill-child'];

/** Finds out what is there, by trying. @throws Error if `node` is no Node.js */
export async function probeRuntime({ node, platform, path }: RuntimePorts): Promise<Runtime> {
  const isLinux = platform === 'linux';
  const [version, { setpriv, unshare }, isWatched] = await Promise.all([
    readVersion(node),
    isLinux ? findPrefix(path) : NO_PREFIX,
    isLinux && tellsChildren(),
  ]);
  const has: Readonly<Record<Layer, boolean>> = {
    files: isAtLeast(version, 22, 13),
    network: isAtLeast(version, 25, 0) || unshare !== undefined,
    'unix-sockets': isAtLeast(version, 25, 0),
    signals: unshare !== undefined,
    memory: isWatched,
    modules: isAtLeast(version, 22, 15),
    orphans: setpriv !== undefined,
  };
  const prefix = [...(setpriv ?? []), ...(unshare ?? [])];
  return { node, version, prefix, missing: LAYERS.filter((layer) => !has[layer]) };
}

async function readVersion(node: string): Promise<string> {
  const { stdout } = await run(node, ['--version'], { timeout: PROBE_TIMEOUT_MS, env: {} });
  const version = /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${node} is no Node.js`);
  return version;
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [foundMajor = 0, foundMinor = 0] = version.split('.').map(Number);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

interface Prefix {
  /** Ends the plugin's process with the daemon's, however that ends; and what it starts gains no rights, as by `sudo`. */
  readonly setpriv?: readonly string[] | undefined;
  /** A network and a process namespace; some systems forbid them to users. */
  readonly unshare?: readonly string[] | undefined;
}

const NO_PREFIX: Prefix = {};

/** By making one of each: the second in the first, as it will be. */
async function findPrefix(path: string): Promise<Prefix> {
  const [setprivFile, unshareFile] = await Promise.all(['setpriv', 'unshare'].map((name) => findProgram(name, path)));
  const setpriv = setprivFile === undefined ? undefined : await ifWorks([], [setprivFile, ...PRIVILEGES]);
  const unshare = unshareFile === undefined ? undefined : await ifWorks(setpriv ?? [], [unshareFile, ...NAMESPACES]);
  return { setpriv, unshare };
}

/** Without it, what runs in a namespace is not found from outside; a kernel may be built so. */
async function tellsChildren(): Promise<boolean> {
  return access('/proc/thread-self/children', constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** @returns `prefix`, if a program can be started through it and what comes `before` it */
async function ifWorks(before: readonly string[], prefix: readonly string[]): Promise<readonly string[] | undefined> {
  const [program, ...args] = [...before, ...prefix, '/bin/true'];
  return run(program, args, { timeout: PROBE_TIMEOUT_MS, env: {} }).then(
    () => prefix,
    () => undefined,
  );
}

async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const dir of path.split(delimiter)) {
    const file = join(dir, name);
    if (dir.startsWith('/') && (await isExecutable(file))) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
