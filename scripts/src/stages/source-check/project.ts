/** What there is to do in a project that was cloned. Everything in it is attacker-controlled. */
import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface Project {
  /** Where the plugin is; absolute, without links, inside of the clone. */
  readonly dir: string;
  /** Where its dependencies are installed: the nearest folder with a lock, else `dir`; undefined without package.json. */
  readonly installDir: string | undefined;
  /** The lock there, if there is one. */
  readonly lock: { readonly file: string; readonly text: string } | undefined;
  readonly hasDependencies: boolean;
  readonly scripts: ReadonlySet<string>;
  readonly hasTsconfig: boolean;
}

/** @returns undefined where the folder is missing or leads out of the clone */
export async function readProject(clone: string, subfolder: string | undefined): Promise<Project | undefined> {
  const dir = path.join(clone, ...(subfolder ?? '').split('/'));
  // A link could make us read, and pack, files of this machine.
  if ((await realpath(dir).catch(() => undefined)) !== dir || !(await isFolder(dir))) return undefined;
  const manifest = await readPackageJson(path.join(dir, 'package.json'));
  const lockFile = manifest && (await nearestLock(clone, dir));
  return {
    dir,
    installDir: manifest && (lockFile === undefined ? dir : path.dirname(lockFile)),
    lock: lockFile === undefined ? undefined : { file: lockFile, text: await readFile(lockFile, 'utf8') },
    hasDependencies: manifest !== undefined && DEPENDENCIES.some((key) => isFilled(manifest[key])),
    scripts: new Set(manifest ? scriptsOf(manifest) : []),
    hasTsconfig: await isFile(path.join(dir, 'tsconfig.json')),
  };
}

/** npm takes the first of them that is there. */
const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'];
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'workspaces'];

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

const PACKAGE_LIMIT_BYTES = 1024 * 1024;

/** Undefined where there is none that can be read. */
export async function readPackageJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!(await isFile(file))) return undefined;
  const text = await readFile(file, 'utf8');
  if (text.length > PACKAGE_LIMIT_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // npm will say so
  }
}

/** What `npm init` writes is no test. */
const NO_TEST = 'no test specified';

function scriptsOf({ scripts }: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof scripts !== 'object' || scripts === null) return [];
  return Object.entries(scripts).flatMap(([name, command]) =>
    typeof command === 'string' && !command.includes(NO_TEST) ? [name] : [],
  );
}

async function nearestLock(clone: string, dir: string): Promise<string | undefined> {
  for (let current = dir; ; current = path.dirname(current)) {
    for (const name of LOCK_FILES) if (await isFile(path.join(current, name))) return path.join(current, name);
    if (current === clone || current === path.dirname(current)) return undefined;
  }
}

async function isFile(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined))?.isFile() === true;
}

async function isFolder(dir: string): Promise<boolean> {
  return (await lstat(dir).catch(() => undefined))?.isDirectory() === true;
}
