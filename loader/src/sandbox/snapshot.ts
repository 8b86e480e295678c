/**
 * Snapshots of the guest: the memory of a process that has loaded all that a plugin's process needs, kept in a file, with
 * which each such process begins. Without one it compiles that anew, since the switches that hold its walls are not those
 * that Node.js has compiled its own modules for.
 *
 * A snapshot is code. It lies where installed plugins lie, and whoever can write there can write those. The switches of the
 * command line count for a process that begins with one as for any other, and no plugin can read or write it.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NO_CODE_FROM_TEXT, SNAPSHOT_SWITCHES } from './command.ts';
import { startProcess } from './guest-process.ts';
import type { Runtime } from './runtime.ts';
import { withoutBuiltinCode } from './snapshot-file.ts';

export interface SnapshotPorts {
  /** Absolute; the user's own. Made if it is missing. */
  readonly folder: string;
  /** Absolute path of the file that a snapshot is made of. */
  readonly builder: string;
  /** Ends making one. */
  readonly signal: AbortSignal;
}

type Program = Pick<Runtime, 'node' | 'version'>;

/** Code is also of the guest's functions that nobody has called while a snapshot was made. */
const SWITCHES = [...SNAPSHOT_SWITCHES, '--no-lazy'];
/** V8's, of those that a guest has and that the snapshot is made without: a Node.js that minds is found out. */
const GUESTS_OWN = [NO_CODE_FROM_TEXT, '--max-old-space-size=64'];
const BUILD_TIMEOUT_MS = 60_000;
const MONTH_MS = 30 * 86_400_000;
const run = promisify(execFile);

/** On Node.js 22 the errors of a process that began with a snapshot have a function in place of their code. */
export function hasSnapshots({ version }: Pick<Runtime, 'version'>): boolean {
  return Number.parseInt(version, 10) >= 24;
}

/**
 * Finds the snapshot that was made for a Node.js and a guest.
 *
 * @returns its absolute path; undefined where none was kept, or not all of it
 */
export async function findSnapshot(program: Program, ports: SnapshotPorts): Promise<string | undefined> {
  const id = await idOf(program, ports);
  const names = await readdir(ports.folder).catch(() => []);
  for (const name of names) {
    const digest = NAME.exec(name)?.groups;
    if (digest?.['id'] !== id) continue;
    const file = join(ports.folder, name);
    // What a disk damaged would be run.
    if ((await digestOf(file).catch(() => '')) === digest['digest']) return file;
  }
  return undefined;
}

/** Which one it is, and the digest of its content. */
const NAME = /^(?<id>[0-9a-f]{32})-(?<digest>[0-9a-f]{64})\.blob$/;

/**
 * Makes a snapshot, and tries whether a process begins with it.
 *
 * @returns its absolute path
 * @throws Error where this Node.js makes none, or the disk keeps none, or the signal ended it
 */
export async function makeSnapshot(program: Program, ports: SnapshotPorts): Promise<string> {
  const { folder, builder, signal } = ports;
  const id = await idOf(program, ports);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = join(folder, `${randomUUID()}.tmp`);
  const options = `${beside}.json`;
  try {
    const attempt = async (withoutCodeCache: boolean): Promise<void> => {
      await writeFile(options, JSON.stringify({ builder, withoutCodeCache }), { mode: 0o600 });
      const args = [...SWITCHES, '--snapshot-blob', beside, '--build-snapshot-config', options];
      await run(program.node, args, { cwd: folder, env: {}, signal, timeout: BUILD_TIMEOUT_MS });
      if (!withoutCodeCache) await shorten(beside);
      await chmod(beside, 0o600);
      await tryOut(program, { snapshot: beside, folder, signal });
    };
    // With the code of what is in it, which a process then need not compile.
    await attempt(false).catch(async (error: unknown) => {
      if (signal.aborted) throw error;
      await attempt(true);
    });
    const file = join(folder, `${id}-${await digestOf(beside)}.blob`);
    await rename(beside, file);
    await forgetOthers(folder, file);
    return file;
  } finally {
    for (const name of [beside, options]) await rm(name, { force: true });
  }
}

/** @throws Error where this Node.js writes it in another form: to read all of it takes longer than to compile */
async function shorten(file: string): Promise<void> {
  const short = withoutBuiltinCode(await readFile(file));
  if (!short) throw new Error('the code of all modules is not found in the snapshot');
  await writeFile(file, short);
}

/** Of all that decides what is in it. */
async function idOf({ node, version }: Program, { builder }: SnapshotPorts): Promise<string> {
  const file = await realpath(node);
  const { size, mtimeMs } = await stat(file);
  const facts = [SWITCHES, version, process.arch, file, size, mtimeMs, await digestOf(builder)];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

async function digestOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** A process that began with it, and finds nobody at the other end of its pipe, ends well. */
async function tryOut(
  { node }: Program,
  { snapshot, folder, signal }: { readonly snapshot: string; readonly folder: string; readonly signal: AbortSignal },
): Promise<void> {
  const switches = ['--permission', ...SNAPSHOT_SWITCHES, ...GUESTS_OWN];
  const guest = await startProcess([node, ...switches, '--snapshot-blob', snapshot], folder);
  const end = (): void => guest.kill();
  signal.addEventListener('abort', end, { once: true });
  const late = setTimeout(end, BUILD_TIMEOUT_MS);
  for (const stream of [guest.stdout, guest.stderr]) stream.resume();
  guest.pipe.on('error', () => undefined).end();
  const exit = await guest.ended;
  clearTimeout(late);
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (exit !== 'exited with code 0') throw new Error(`a process with the snapshot ${exit}`);
}

/** Of guests and of a Node.js that are not run any more, and what was not finished. */
async function forgetOthers(folder: string, own: string): Promise<void> {
  const { mtimeMs: now } = await stat(own);
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const info = await stat(file).catch(() => undefined);
    if (info && now - info.mtimeMs > MONTH_MS) await rm(file, { force: true });
  }
}
