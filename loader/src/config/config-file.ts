/**
 * Finding and reading `ar.config`. The file is the user's own code, so it runs; a mistake in it must still be told
 * precisely and must never keep the daemon from starting.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import type { ArConfig, SandboxOptions } from '@ar-registry/sdk';
import { contain, describeThrown } from '../contain.ts';

/** In this order; the first that exists is read, the others are ignored. */
const CONFIG_FILES = ['ar.config.ts', 'ar.config.js', 'ar.config.mjs', 'ar.config.json'] as const;
const KEYS: readonly string[] = ['plugins', 'sandbox'];
const IMPORT_TIMEOUT_MS = 10_000;

export interface LoadedConfig {
  /** Absolute path. */
  readonly file: string;
  /** Entries as exported; each is checked on its own, so that a bad one does not stop the others. */
  readonly plugins: readonly unknown[];
  readonly sandbox: SandboxOptions;
}

/** Runs the file's code, and knows it again in what it leaves behind, such as timers. */
export type RunConfig = <T>(file: string, call: () => T) => T;

/**
 * Reads the configuration file of a project, or returns `undefined` if it has none.
 *
 * @throws CONFIG_FILE_INVALID if the file throws, hangs, or does not export `{ plugins: [...] }`, or has a key it cannot have
 */
export async function loadConfigFile(projectDir: string, run: RunConfig): Promise<LoadedConfig | undefined> {
  const file = await findConfigFile(projectDir);
  if (file === undefined) return undefined;
  const exported = file.endsWith('.json') ? await readJson(file) : await importModule(file, run);
  const { plugins, sandbox } = checkConfig(file, exported);
  return { file, plugins, sandbox: readSandbox(file, sandbox) };
}

async function findConfigFile(projectDir: string): Promise<string | undefined> {
  for (const name of CONFIG_FILES) {
    const file = join(projectDir, name);
    const info = await stat(file).catch(() => undefined);
    if (!info) continue;
    // Whoever imports a pipe waits in a thread that nothing can end.
    if (!info.isFile()) throw invalid(file, 'it is not a regular file');
    return file;
  }
  return undefined;
}

async function readJson(file: string): Promise<unknown> {
  const outcome = await contain(async () => JSON.parse(await readFile(file, 'utf8')) as unknown, {
    timeoutMs: IMPORT_TIMEOUT_MS,
  });
  if (outcome.kind === 'returned') return outcome.value;
  if (outcome.kind === 'threw') throw invalid(file, `it is not JSON: ${describeThrown(outcome.error)}`, outcome.error);
  throw invalid(file, 'it cannot be read');
}

async function importModule(file: string, run: RunConfig): Promise<unknown> {
  const { createJiti } = await import('jiti');
  // No caches: the daemon reads the file once, and an edited file must be read as it is.
  // `defineConfig` comes from here, so that a project need not install the SDK for its configuration.
  const alias = { '@ar-registry/sdk': fileURLToPath(import.meta.resolve('@ar-registry/sdk')) };
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, alias });
  const outcome = await contain(() => run(file, () => jiti.import(file, { default: true })), {
    timeoutMs: IMPORT_TIMEOUT_MS,
  });
  if (outcome.kind === 'returned') return outcome.value;
  if (outcome.kind === 'threw') throw invalid(file, `it throws: ${describeThrown(outcome.error)}`, outcome.error);
  throw invalid(file, `it did not finish loading within ${IMPORT_TIMEOUT_MS} ms`);
}

function checkConfig(file: string, exported: unknown): ArConfig {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported))
    throw invalid(file, 'its default export is not an object');
  const unknown = Object.keys(exported).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const [close] = nearest(unknown, KEYS);
    throw invalid(file, `\`${unknown}\` is not a key it may have${close ? `; did you mean \`${close}\`?` : ''}`);
  }
  const { plugins, sandbox } = exported as Partial<ArConfig>;
  if (plugins === undefined) throw invalid(file, 'it exports no `plugins`');
  if (!Array.isArray(plugins)) throw invalid(file, '`plugins` is not a list');
  return { plugins, ...(sandbox !== undefined && { sandbox }) };
}

function readSandbox(file: string, value: unknown): SandboxOptions {
  if (value === undefined) return {};
  if (value === 'strict') return { strict: true };
  if (typeof value !== 'object' || value === null) throw invalid(file, "`sandbox` is not 'strict' or an object");
  for (const [key, option] of Object.entries(value)) {
    const type = SANDBOX_OPTIONS.get(key);
    if (type === undefined) throw invalid(file, `\`${key}\` is not a key that \`sandbox\` may have`);
    if (typeof option !== type) throw invalid(file, `\`sandbox.${key}\` is not a ${type}`);
  }
  return value;
}

const SANDBOX_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['strict', 'boolean'],
  ['node', 'string'],
]);

function invalid(file: string, problem: string, cause?: unknown): ArError {
  return new ArError('CONFIG_FILE_INVALID', { file, problem }, cause === undefined ? {} : { cause });
}
