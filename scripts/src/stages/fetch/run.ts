/**
 * Escrow: every accepted archive is kept, by its hash, so that an author who deletes or re-creates a release breaks
 * nobody. Own copies come first, then those of mirrors, then the author's. Whoever it came from, only bytes with the
 * recorded hash are kept.
 */
import { hasCode, isArError } from '@ar-registry/core/errors';
import { sameIntegrity } from '@ar-registry/core/integrity';
import { routes } from '@ar-registry/core/layout';
import { limitsOf } from '@ar-registry/core/record';
import { hideCredentials } from '@ar-registry/core/text';
import { createArchiveStore, type ArchiveStore } from '@ar-registry/io/archive-store';
import { integrityOf } from '@ar-registry/io/digest';
import { readIndex, type IndexReading, type IndexSource } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { FetchOutput, RegistryRecord, VersionRecord } from '@ar-registry/schemas';
import { fetchPublic } from '../../web/fetch-public.ts';
import { assembleReading } from '../validate/index.ts';

export interface FetchInput {
  readonly source: IndexSource;
  /** Folder of the archives; absolute. */
  readonly store: string;
  /** Base URLs of registries that the caller vouches for, asked first; they may be on this machine. */
  readonly from: readonly string[];
  /** Whether addresses in records may be of this machine, too. */
  readonly allowLoopback: boolean;
}

export type FetchOutcome = Pick<FetchOutput, 'kept' | 'fetched' | 'missing'>;

const TIMEOUT_MS = 120_000;

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, DISK_FULL, FILE_ACCESS, ABORTED */
export async function fetchArchives(
  input: FetchInput,
  { signal }: { readonly signal: AbortSignal },
): Promise<FetchOutcome> {
  const reading = await readIndex(input.source, { signal });
  const snapshot = assembleReading(reading);
  const ports = { input, reading, registry: snapshot.registry, store: createArchiveStore(input.store), signal };
  const versions = snapshot.plugins.flatMap((plugin) => plugin.versions);
  const results = await inParallel(versions, (version) => bring(version, ports));
  return {
    kept: results.filter(({ kind }) => kind === 'kept').length,
    fetched: results.flatMap((result) => (result.kind === 'fetched' ? [result.entry] : [])),
    missing: results.flatMap((result) => (result.kind === 'missing' ? [result.entry] : [])),
  };
}

interface Ports {
  readonly input: FetchInput;
  readonly reading: IndexReading;
  readonly registry: RegistryRecord;
  readonly store: ArchiveStore;
  readonly signal: AbortSignal;
}

type Brought =
  | { readonly kind: 'kept' }
  | { readonly kind: 'fetched'; readonly entry: FetchOutput['fetched'][number] }
  | { readonly kind: 'missing'; readonly entry: FetchOutput['missing'][number] };

async function bring(version: VersionRecord, ports: Ports): Promise<Brought> {
  const { manifest, dist } = version;
  const { name, version: number } = manifest;
  const limitBytes = Math.min(dist.size, limitsOf(ports.registry).archiveBytes);
  if (await isThere(() => ports.store.get(dist.integrity, limitBytes))) return { kind: 'kept' };
  let problem = 'nobody is known to have it';
  for (const place of placesOf(version, ports)) {
    const tried = await place.get(limitBytes).catch((error: unknown) => explain(error, ports.signal));
    if (typeof tried === 'string') problem = tried;
    else if (!sameIntegrity(integrityOf(tried), dist.integrity)) problem = `${place.name} has another archive`;
    else {
      await ports.store.put(tried);
      return { kind: 'fetched', entry: { name, version: number, from: place.name } };
    }
  }
  return { kind: 'missing', entry: { name, version: number, problem } };
}

interface Place {
  readonly name: string;
  /** The bytes, not hashed yet, or why there are none. */
  get(limitBytes: number): Promise<Uint8Array | string>;
}

function placesOf({ manifest, dist }: VersionRecord, { input, reading, registry, signal }: Ports): readonly Place[] {
  const route = routes.download(manifest.name, manifest.version);
  const at = (url: string, allowLoopback: boolean): Place => ({
    name: hideCredentials(url),
    get: (limitBytes) => download(url, { limitBytes, allowLoopback, signal }),
  });
  const own = [registry.baseUrl ?? '', ...(registry.mirrors ?? [])].filter((url) => url !== '');
  return [
    { name: 'the index', get: (limitBytes) => reading.readArchive(dist.integrity, limitBytes) },
    ...input.from.map((url) => at(`${url}/${route}`, true)),
    ...own.map((url) => at(`${url.replace(/\/$/, '')}/${route}`, input.allowLoopback)),
    ...(dist.tarball.startsWith('store:') ? [] : [at(dist.tarball, input.allowLoopback)]),
  ];
}

async function download(
  url: string,
  request: { readonly limitBytes: number; readonly allowLoopback: boolean; readonly signal: AbortSignal },
): Promise<Uint8Array | string> {
  const { status, body } = await fetchPublic(url, { method: 'GET', timeoutMs: TIMEOUT_MS, ...request });
  return status === 200 ? body : `${hideCredentials(url)} answered with HTTP status ${status}`;
}

/** What one place could not give, another one may. A full disk and an interruption end all. */
function explain(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (!isArError(error) || error.code === 'DISK_FULL') throw error;
  if (hasCode(error, 'ARCHIVE_NOT_IN_STORE')) return 'nobody is known to have it';
  return error.message;
}

/** A damaged file is fetched anew. */
async function isThere(read: () => Promise<Uint8Array>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (hasCode(error, 'ARCHIVE_NOT_IN_STORE') || hasCode(error, 'INTEGRITY_MISMATCH')) return false;
    if (hasCode(error, 'ARCHIVE_TOO_LARGE')) return false;
    throw error;
  }
}
