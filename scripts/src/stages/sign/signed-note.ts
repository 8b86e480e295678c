/**
 * What was signed of a site, in `.ar-signed.json` beside it: with what builds have changed since, the bins that have to be
 * looked at again. Whoever alters it can make us sign too little, which clients refuse, and nothing that is not there.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { TARGETS_ROUTE, binOf, delegatedSigners, isDue, isSignedPath, type TrustCrypto } from '@ar-registry/core/trust';
import { routes } from '@ar-registry/core/layout';
import { replaceFile } from '@ar-registry/io/files';
import { readFolderFile, type TrustFolder } from '@ar-registry/io/trust';
import { FILES_LOG } from '../build/index.ts';
import type { Previous } from './read-previous.ts';

const FILE = '.ar-signed.json';
const BUILD = '.ar-build.json';
/** Files that others than builds write, before a site is signed. */
const ALWAYS: readonly string[] = [`${routes.log}/checkpoint`];

/** A bin as it was signed. */
export interface SignedBin {
  readonly version: number;
  /** ISO 8601. */
  readonly expires: string;
  /** How many documents it has. */
  readonly targets: number;
}

interface Note {
  readonly schemaVersion: 1;
  /** Which build of everything it was, and how much has been added to its log. */
  readonly build: string;
  readonly logBytes: number;
  readonly targets: string;
  readonly snapshot: number;
  readonly bins: Readonly<Record<string, SignedBin>>;
}

/** Documents that may differ from what was signed, by bin, and the bins that hold as they are. */
export interface SignedBefore {
  readonly changed: ReadonlyMap<string, readonly string[]>;
  readonly kept: ReadonlyMap<string, SignedBin>;
}

export interface NoteContext {
  readonly site: string;
  readonly trust: TrustFolder;
  readonly previous: Previous;
  readonly crypto: TrustCrypto;
}

/** @returns undefined where all documents have to be read */
export async function readSignedBefore(
  { site, trust, previous, crypto }: NoteContext,
  { nowMs, expiryMs }: { readonly nowMs: number; readonly expiryMs: number },
): Promise<SignedBefore | undefined> {
  const bytes = await readFolderFile(path.join(site, FILE));
  const note = bytes && parseNote(bytes);
  const { build, log } = await buildOf(site);
  if (!note || !holds(note, { trust, previous })) return undefined;
  if (note.build !== build || log.length < note.logBytes) return undefined;
  const bins = delegatedSigners(trust.targets);
  const paths = [...changedSince(log.subarray(note.logBytes)), ...ALWAYS]
    .filter((file) => file.startsWith(`${TARGETS_ROUTE}/`))
    .map((file) => file.slice(TARGETS_ROUTE.length + 1));
  const changed = Map.groupBy(paths.filter(isSignedPath), (file) => binOf(file, bins, crypto));
  const kept = new Map<string, SignedBin>();
  for (const [name, bin] of Object.entries(note.bins)) {
    if (isDue({ signed: { expires: bin.expires } }, { nowMs, expiryMs })) changed.set(name, changed.get(name) ?? []);
    else if (!changed.has(name)) kept.set(name, bin);
  }
  return { changed, kept };
}

/** Whether it is of what was signed last. */
function holds(
  { targets, snapshot, bins }: Note,
  { trust, previous }: Pick<NoteContext, 'trust' | 'previous'>,
): boolean {
  if (previous.snapshot?.signed.version !== snapshot || trust.targets.file !== targets) return false;
  const { meta } = previous.snapshot.signed;
  return Object.entries(bins).every(([name, { version }]) => meta[`${name}.json`]?.version === version);
}

/** @throws FILE_ACCESS, DISK_FULL */
export async function keepSigned(
  site: string,
  signed: { readonly targets: string; readonly snapshot: number; readonly bins: ReadonlyMap<string, SignedBin> },
): Promise<void> {
  const { build, log } = await buildOf(site);
  if (build === undefined) return;
  const { targets, snapshot } = signed;
  const bins = Object.fromEntries(signed.bins);
  const note: Note = { schemaVersion: 1, build, logBytes: log.length, targets, snapshot, bins };
  await replaceFile(path.join(site, FILE), `${JSON.stringify(note)}\n`);
}

/** Every build of everything replaces its list of files, and begins a new log. */
async function buildOf(site: string): Promise<{ readonly build: string | undefined; readonly log: Uint8Array }> {
  const info = await stat(path.join(site, BUILD), { bigint: true }).catch(() => undefined);
  const log = await readFile(path.join(site, FILES_LOG)).catch(() => new Uint8Array());
  return { build: info && `${info.ino}-${info.mtimeNs}-${info.size}`, log };
}

/** Each line is a path after a plus or a minus. */
function changedSince(log: Uint8Array): readonly string[] {
  const lines = new TextDecoder().decode(log).split('\n');
  return [...new Set(lines.filter((line) => line !== '').map((line) => line.slice(1)))];
}

function parseNote(bytes: Uint8Array): Note | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Note> | null;
    return value?.schemaVersion === 1 && typeof value.bins === 'object' ? (value as Note) : undefined;
  } catch {
    return undefined; // no JSON
  }
}
