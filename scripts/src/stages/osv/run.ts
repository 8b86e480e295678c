/** From OSV's export to the snapshot that registries serve: read, kept, split by package, and put in place as a whole. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import { removeFolder } from '@ar-registry/io/files';
import { downloadExport, readSnapshotIn } from '@ar-registry/io/osv';
import type { OsvSnapshot, OsvOutput } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/osv-record';
import { type Buckets, createBuckets } from './buckets.ts';
import { keepRecord } from './keep-record.ts';
import { EXPORT_LIMITS, type ExportLimits, readExport } from './read-export.ts';
import { openStaging, replaceSnapshot } from './replace-snapshot.ts';
import { writeParts } from './write-parts.ts';

export interface OsvInput {
  /** An address, or the absolute path of a zip or a folder. */
  readonly from: string;
  /** Absolute; below it is `osv/npm/`. */
  readonly out: string;
  /** Takes an export that lost many records, too. */
  readonly force: boolean;
}

export interface OsvPorts {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly limits?: ExportLimits;
}

export type OsvOutcome = Omit<OsvOutput, 'schemaVersion' | 'out'>;

/** Of the records of the present snapshot, so many must be in a new one. */
const MUST_REMAIN = 0.8;
const DOWNLOAD_LIMIT_BYTES = 4 * 1024 * 1024 * 1024;

/**
 * @throws OSV_EXPORT_INVALID, OSV_EXPORT_SHRUNK, what `downloadExport` throws, FILE_NOT_FOUND, FILE_ACCESS, DISK_FULL;
 *   the old snapshot is untouched then
 */
export async function refreshOsv({ from, out, force }: OsvInput, ports: OsvPorts): Promise<OsvOutcome> {
  const before = await presentSnapshot(out, force);
  const staging = await openStaging(out, randomUUID());
  try {
    const source = await localExport(from, staging, ports);
    const folders = { buckets: path.join(staging, 'buckets'), parts: path.join(staging, 'parts') };
    await mkdir(folders.buckets);
    await mkdir(folders.parts);
    const buckets = createBuckets(folders.buckets, source.label);
    const read = await fill(buckets, source, ports);
    assertEnough(read.records, { before, force, label: source.label });
    const { name, prefixLength, packages } = await writeParts(buckets, folders.parts, { ...ports, ...source, ...read });
    const takenAt = new Date(source.modifiedMs ?? read.newestMs).toISOString();
    const { records, withdrawn, unreadable } = read;
    const snapshot: OsvSnapshot = {
      schemaVersion: 1,
      source: source.label,
      takenAt,
      records,
      parts: name,
      prefixLength,
    };
    await replaceSnapshot(out, { parts: folders.parts, snapshot, before, nowMs: ports.nowMs });
    const changed = before?.parts !== name;
    return { source: source.label, takenAt, records, packages, withdrawn, unreadable, changed };
  } finally {
    await removeFolder(staging);
  }
}

/** One that is not valid is no reason to go without a new one, if that is what is wanted. */
async function presentSnapshot(out: string, force: boolean): Promise<OsvSnapshot | undefined> {
  try {
    return await readSnapshotIn(out);
  } catch (error) {
    if (force && error instanceof ArError && error.code === 'FILE_INVALID') return undefined;
    throw error;
  }
}

interface Source {
  readonly file: string;
  /** As it is told, and written into the snapshot. */
  readonly label: string;
  /** When it was made, where that is known. */
  readonly modifiedMs: number | undefined;
}

async function localExport(from: string, staging: string, { nowMs, signal }: OsvPorts): Promise<Source> {
  if (!/^https?:\/\//i.test(from)) return { file: from, label: path.basename(from), modifiedMs: undefined };
  const file = path.join(staging, 'all.zip');
  const options = { userAgent: 'ar-registry', limitBytes: DOWNLOAD_LIMIT_BYTES, signal };
  const { modifiedMs } = await downloadExport(from, file, options);
  const label = hideCredentials(from)
    .replace(/[?#].*$/s, '')
    .slice(0, 2000);
  return { file, label, modifiedMs: modifiedMs !== undefined && modifiedMs <= nowMs ? modifiedMs : undefined };
}

interface Filled {
  readonly records: number;
  readonly withdrawn: number;
  readonly unreadable: number;
  /** When a record was last changed: the export is not older. */
  readonly newestMs: number;
}

async function fill(buckets: Buckets, { file, label }: Source, ports: OsvPorts): Promise<Filled> {
  const { nowMs, signal, limits = EXPORT_LIMITS } = ports;
  const counts = { kept: 0, none: 0, withdrawn: 0, unreadable: 0 };
  let newestMs = Number.NEGATIVE_INFINITY;
  for await (const bytes of readExport(file, { label, limits, signal })) {
    const kept = keepRecord(bytes, validator);
    counts[kept.kind] += 1;
    if (kept.kind !== 'kept') continue;
    const modifiedMs = Date.parse(kept.record.modified);
    // What was changed in the future says nothing.
    if (modifiedMs <= nowMs) newestMs = Math.max(newestMs, modifiedMs);
    for (const [name, record] of kept.byName) await buckets.add(name, record);
  }
  if (newestMs === Number.NEGATIVE_INFINITY)
    throw new ArError('OSV_EXPORT_INVALID', { source: label, problem: 'no record in it speaks of an npm package' });
  return { records: counts.kept, withdrawn: counts.withdrawn, unreadable: counts.unreadable, newestMs };
}

function assertEnough(
  records: number,
  {
    before,
    force,
    label,
  }: { readonly before: OsvSnapshot | undefined; readonly force: boolean; readonly label: string },
): void {
  if (force || !before || records >= before.records * MUST_REMAIN) return;
  throw new ArError('OSV_EXPORT_SHRUNK', { source: label, records, before: before.records });
}
