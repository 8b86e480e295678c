/**
 * The database that counts: DuckDB, in a folder of this run that goes with it. It reads what lies in that folder and
 * nothing else, loads no extension, and keeps to the memory that it is given; what does not fit is on the disk meanwhile.
 */
import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';

/** A value of a query: never part of its text. */
export type Value = string | readonly string[];

export type Rows = readonly Readonly<Record<string, unknown>>[];

export interface Database {
  /** Runs the query of a file of `scripts/sql`. @param name without the ending */
  run(name: string, values?: readonly Value[]): Promise<Rows>;
  /** Sets a variable that queries read. */
  set(name: Variable, value: Value): Promise<void>;
  close(): void;
}

/** The variables of the queries. */
export type Variable =
  | 'files'
  | 'fields'
  | 'bots'
  | 'ci'
  | 'salt'
  | 'final_through'
  | 'buckets'
  | 'least_clients'
  | 'most_terms'
  | 'part'
  | 'parts';

export interface DatabaseLimits {
  /** Absolute; of this run alone. */
  readonly folder: string;
  /** Real paths of the files outside of it that may be read. */
  readonly files: readonly string[];
  readonly memoryMiB: number;
  /** As many as the machine has cores unless given. */
  readonly threads?: number | undefined;
  readonly signal: AbortSignal;
}

/** @throws COUNTING_FAILED, DISK_FULL, by its queries as well */
export async function openDatabase({ folder, files, memoryMiB, threads, signal }: DatabaseLimits): Promise<Database> {
  const { DuckDBInstance, LIST, VARCHAR, listValue } = await import('@duckdb/node-api');
  const settings = {
    memory_limit: `${memoryMiB}MiB`,
    temp_directory: join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // The order of lines is of no meaning, and keeping it takes memory.
    preserve_insertion_order: 'false',
    ...(threads === undefined ? {} : { threads: String(threads) }),
  };
  const attempt = <T>(work: () => Promise<T>): Promise<T> => translated(work, folder, signal);
  const instance = await attempt(() => DuckDBInstance.create(join(folder, 'counting.duckdb'), settings));
  const connection = await attempt(() => instance.connect());
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  const ask: Ask = async (sql, values = []) => {
    const bound = values.map((value) => (typeof value === 'string' ? value : listValue([...value])));
    const types = values.map((value) => (typeof value === 'string' ? VARCHAR : LIST(VARCHAR)));
    return (await connection.runAndReadAll(sql, bound, types)).getRowObjectsJS();
  };
  await attempt(() => confine(ask, folder, files));
  const folderOfSql = findSql();
  return {
    run: (name, values) => attempt(async () => ask(await readFile(join(folderOfSql, `${name}.sql`), 'utf8'), values)),
    // The names are of the list above.
    set: (name, value) => attempt(async () => void (await ask(`SET VARIABLE ${name} = $1`, [value]))),
    close: () => {
      signal.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

type Ask = (sql: string, values?: readonly Value[]) => Promise<Rows>;

/** From here on no query reads or writes anything but the folder and the files, whatever it says. */
async function confine(ask: Ask, folder: string, files: readonly string[]): Promise<void> {
  await ask("SET TimeZone = 'UTC'");
  // It takes the log for the smaller side of a join, and would hold all of it in memory.
  await ask("SET disabled_optimizers = 'build_side_probe_side'");
  await ask('SET allowed_directories = $1', [[folder]]);
  await ask('SET allowed_paths = $1', [files]);
  await ask('SET enable_external_access = false');
  await ask('SET lock_configuration = true');
}

async function translated<T>(work: () => Promise<T>, folder: string, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    // The database says what it met in words alone; a full disk shows itself.
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < FULL_BYTES) throw new ArError('DISK_FULL', { path: folder }, { cause: error });
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const facts = { doing: 'Counting', reason: truncate(toSingleLine(reason), 300).replace(/[.\s]+$/, '') };
    throw new ArError('COUNTING_FAILED', facts, { cause: error });
  }
}

/** What is left of a disk that counts as none. */
const FULL_BYTES = 1024 * 1024;

/** `sql/` of this package, above the sources, what is compiled of them and what is bundled. */
function findSql(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'sql/seen.sql'))) {
    if (dirname(folder) === folder) throw new Error('The folder sql of this package is missing.');
    folder = dirname(folder);
  }
  return join(folder, 'sql');
}
