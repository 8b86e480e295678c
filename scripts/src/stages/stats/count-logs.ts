/** From logs to counts: files are handed to the database by names of ours, and everything else as data. */
import { randomBytes } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotPlugin } from '@ar-registry/core/snapshot';
import {
  CI_AGENT,
  DOWNLOAD,
  EVENTS,
  EVENT_FOLDER,
  archiveAddresses,
  LEAST_SEARCHERS,
  MOST_TERMS,
  botAgentPattern,
  type CountRow,
  type TermRow,
} from '@ar-registry/core/stats';
import { LOAD_BUCKETS, normalizeTerms } from '@ar-registry/core/telemetry';
import type { StatsOutput } from '@ar-registry/schemas';
import { openDatabase, type Database } from './database.ts';
import type { Log } from './find-logs.ts';

export interface CountInput {
  readonly plugins: readonly SnapshotPlugin[];
  /** Days that were counted before. */
  readonly done: readonly string[];
  /** The last day that may be counted. */
  readonly finalThrough: string;
  /** What all addresses begin with where the registry is not at the root: empty, or `/registry`. */
  readonly basePath: string;
  readonly memoryMiB: number;
  readonly threads?: number | undefined;
}

export interface CountPorts {
  /** Absolute, empty, removed by who made it. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface Counted {
  readonly rows: readonly CountRow[];
  /** What enough clients looked for, in the spelling of `normalizeTerms`. */
  readonly terms: readonly TermRow[];
  readonly lines: StatsOutput['lines'];
}

/** @throws COUNTING_FAILED, DISK_FULL, ABORTED */
export async function countLogs(logs: readonly Log[], input: CountInput, ports: CountPorts): Promise<Counted> {
  const { memoryMiB, threads } = input;
  const files = logs.map(({ file }) => file);
  const database = await openDatabase({ ...ports, files, memoryMiB, threads });
  try {
    await database.run('tables');
    await fill(database, input);
    let batchCount = 0;
    for (const batch of batchesOf(logs)) {
      batchCount += 1;
      await readBatch(database, batch, join(ports.folder, String(batchCount)));
    }
    const lines = await readTally(database, batchCount > 0);
    await countParts(database, Math.ceil(lines.counted / PART_LINES));
    const [rows, sought] = [await database.run('counts'), await database.run('sought-most')];
    return { rows: rows.map(toRow), terms: sought.map(toTermRow).filter(isNormal), lines };
  } finally {
    database.close();
  }
}

async function fill(database: Database, { plugins, done, finalThrough, basePath }: CountInput): Promise<void> {
  const releases = plugins
    .flatMap(({ name, versions }) => versions.map(({ manifest }) => ({ name, version: manifest.version })))
    .map((release, at) => ({ ...release, id: String(at) }));
  const addresses = [
    ...EVENTS.map(({ kind }) => ({ path: `${EVENT_FOLDER}${kind}`, kind, id: '' })),
    ...releases.flatMap(({ name, version, id }) =>
      archiveAddresses(name, version).map((path) => ({ path, kind: DOWNLOAD.kind, id })),
    ),
  ];
  const kinds = [DOWNLOAD, ...EVENTS].flatMap(({ kind, window, statuses, about }) =>
    statuses.map((status) => ({ kind, window, status: String(status), about })),
  );
  await database.run('fill-address', [
    addresses.map(({ path }) => `${basePath}${path}`),
    addresses.map(({ kind }) => kind),
    addresses.map(({ id }) => id),
  ]);
  await database.run('fill-release', [
    releases.map(({ id }) => id),
    releases.map(({ name }) => name),
    releases.map(({ version }) => version),
  ]);
  await database.run('fill-kind', [
    kinds.map(({ kind }) => kind),
    kinds.map(({ window }) => window),
    kinds.map(({ status }) => status),
    kinds.map(({ about }) => about),
  ]);
  await database.run('fill-done', [done]);
  await setLimits(database, finalThrough);
}

/** Terms that are read for each that is kept: some of them will be no terms. */
const CANDIDATES = 10;

async function setLimits(database: Database, finalThrough: string): Promise<void> {
  await database.set('bots', botAgentPattern());
  await database.set('ci', CI_AGENT);
  await database.set('final_through', finalThrough);
  await database.set('buckets', LOAD_BUCKETS.map(String));
  await database.set('least_clients', String(LEAST_SEARCHERS));
  await database.set('most_terms', String(MOST_TERMS * CANDIDATES));
  // Known to nobody once this run has ended: no hash of a client can be made again.
  await database.set('salt', randomBytes(32).toString('hex'));
}

/** Files read at once: of one format and with the same columns. */
const BATCH_SIZE = 1000;

function batchesOf(logs: readonly Log[]): readonly (readonly Log[])[] {
  const alike = Map.groupBy(logs, ({ format, fields }) => [format, ...fields].join(' '));
  return [...alike.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCH_SIZE) }, (_, at) =>
      group.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
    ),
  );
}

/** The database takes `*` and `[` in a name for patterns, and tells compressed files by their names. */
async function readBatch(database: Database, batch: readonly Log[], prefix: string): Promise<void> {
  const [first] = batch;
  if (!first) return;
  const links = batch.map(({ compressed }, at) => `${prefix}-${at}.log${compressed ? '.gz' : ''}`);
  for (const [at, link] of links.entries()) await symlink(batch[at]?.file ?? '', link);
  await database.set('files', links);
  await database.set('fields', first.fields);
  await database.run('lines');
  await database.run(first.format);
  await database.run('seen');
}

/** Lines whose clients are told apart at once, in some 200 MiB. */
const PART_LINES = 1_000_000;

async function countParts(database: Database, parts: number): Promise<void> {
  await database.set('parts', String(parts));
  for (let part = 0; part < parts; part += 1) {
    await database.set('part', String(part));
    await database.run('subtotal');
    await database.run('sought');
  }
}

function toRow(row: Readonly<Record<string, unknown>>): CountRow {
  const { day, kind, name, version, ci, count, bucket } = row;
  return {
    day: String(day),
    kind: String(kind),
    name: String(name),
    version: String(version),
    ci: ci === true,
    count: Number(count),
    ...(typeof bucket === 'number' ? { bucket } : {}),
  };
}

function toTermRow({ day, kind, terms, count }: Readonly<Record<string, unknown>>): TermRow {
  return {
    day: String(day),
    kind: kind === 'missed' ? 'missed' : 'search',
    terms: String(terms),
    count: Number(count),
  };
}

/** What no program of ours would have told was made up, or holds what is nobody's business. */
function isNormal({ terms }: TermRow): boolean {
  return normalizeTerms(terms) === terms;
}

async function readTally(database: Database, hasRead: boolean): Promise<StatsOutput['lines']> {
  const tally = new Map((await database.run('tally')).map((row) => [String(row['verdict']), row]));
  const of = (verdict: string): number => Number(tally.get(verdict)?.['lines'] ?? 0);
  const [rejected] = hasRead ? await database.run('rejected') : [];
  return {
    counted: of('counted'),
    ci: Number(tally.get('counted')?.['ci'] ?? 0),
    broken: of('broken') + Number(rejected?.['lines'] ?? 0),
    other: of('other'),
    method: of('method'),
    status: of('status'),
    bot: of('bot'),
    done: of('done'),
    open: of('open'),
  };
}
