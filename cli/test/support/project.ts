/** A project of a user: a folder with a data folder of its own beside it, and a registry on loopback. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { ServedRegistry } from '@ar-registry/testing/served-registry';
import type { Validator } from '@ar-registry/schemas';
import { createSandbox, errorCode, type Ended, type Started } from './ar.ts';

export interface TestProject extends Disposable {
  readonly dir: string;
  readonly dataDir: string;
  /** Runs `ar plugin …` in the project to its end. */
  readonly ar: (...args: readonly string[]) => Promise<Ended>;
  readonly start: (...args: readonly string[]) => Started;
  /** The same with --json: exit code and the document, which fits its schema. @throws if it does not */
  readonly json: <T>(validator: Validator<T>, ...args: readonly string[]) => Promise<{ code: number | null; value: T }>;
  /** Exit code and error code. */
  readonly refusal: (...args: readonly string[]) => Promise<readonly [number | null, string | undefined]>;
  /** Text of a file of the project; empty if there is none. */
  readonly read: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  /** What stands in the two files of the project. */
  readonly state: () => readonly string[];
  /** Absolute paths of files in the store that end so. */
  readonly stored: (ending: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export const PROJECT_FILE = 'ar-plugins.yaml';
export const LOCK_FILE = 'ar-plugins.lock';

/** @param env of every command, besides what a registry on loopback needs */
export function createProject(registry: ServedRegistry, env: Readonly<Record<string, string>> = {}): TestProject {
  const sandbox = createSandbox();
  const dir = path.join(sandbox.dir, 'project');
  const dataDir = path.join(sandbox.dir, 'data');
  fs.mkdirSync(dir);
  const all = { AR_REGISTRY: registry.url, AGENT_RELAY_DATA_DIR: dataDir, ...env };
  const start: TestProject['start'] = (...args) => sandbox.startAr(['plugin', ...args, '--project', dir], all);
  const ar: TestProject['ar'] = (...args) => start(...args).ended;
  const read = (name: string): string => {
    const file = path.join(dir, name);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  };
  return {
    dir,
    dataDir,
    ar,
    start,
    env: all,
    read,
    json: async (validator, ...args) => {
      const { code, stdout, stderr } = await ar(...args, '--json');
      const result = validator(JSON.parse(stdout || 'null'));
      if (!result.ok) throw new Error(`${stdout}\n${stderr}\n${JSON.stringify(result.errors)}`);
      return { code, value: result.value };
    },
    refusal: async (...args) => {
      const ended = await ar(...args);
      return [ended.code, errorCode(ended)];
    },
    write: (name, text) => fs.writeFileSync(path.join(dir, name), text),
    state: () => [read(PROJECT_FILE), read(LOCK_FILE)],
    stored: (ending) => filesBelow(path.join(dataDir, 'plugins/store')).filter((file) => file.endsWith(ending)),
    [Symbol.dispose]: () => sandbox[Symbol.dispose](),
  };
}

function filesBelow(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => path.join(folder, name));
}

/** Runs `work` while a folder is read-only, for root too: by a mount. */
export async function readOnly<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lift = makeReadOnly(folder);
  try {
    return await work();
  } finally {
    lift();
  }
}

function makeReadOnly(folder: string): () => void {
  if (process.getuid?.() !== 0) {
    fs.chmodSync(folder, 0o555);
    return () => fs.chmodSync(folder, 0o755);
  }
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
  return () => execFileSync('umount', [folder]);
}
