/**
 * Signing a built site: from its documents to the metadata that commits to every one of them.
 *
 * Leaves are written before roots: whoever asks meanwhile finds all that the timestamp speaks of, old or new. The files
 * of the state before stay for one more time, for clients that are in the middle of reading it.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import {
  MOST_IN_BIN,
  TRUST_ROUTE,
  bitLengthFor,
  isDue,
  type Metadata,
  type MetadataKind,
  type TrustCrypto,
  type TrustSettings,
} from '@ar-registry/core/trust';
import { replaceFile } from '@ar-registry/io/files';
import { eachInParallel } from '@ar-registry/io/install';
import { readFolderFile, type Signer, type TrustFolder } from '@ar-registry/io/trust';
import { makeSnapshot, makeTimestamp, toMetaFile, type MakePorts } from './make-metadata.ts';
import { readPrevious, type Previous, type ReadFile } from './read-previous.ts';
import { signBins } from './sign-bins.ts';
import { keepSigned } from './signed-note.ts';

export interface SignInput {
  /** What `build` wrote; absolute. */
  readonly site: string;
  readonly trust: TrustFolder;
  readonly settings: TrustSettings;
  readonly signers: readonly Signer[];
  /** Reads a file of the metadata that is served now, where that is not in the site. */
  readonly previous?: ReadFile | undefined;
}

export interface SignPorts {
  readonly crypto: TrustCrypto;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SignOutcome {
  /** Whether there was something to sign. */
  readonly needed: boolean;
  /** Documents that the metadata commits to. */
  readonly targets: number;
  /** Names of the files that were made. */
  readonly signed: readonly string[];
  /** When the first of the files expires: ISO 8601. */
  readonly expires: string;
  /** What a person must see to. */
  readonly warnings: readonly string[];
}

/**
 * Signs all documents of a site.
 *
 * @throws SIGNING_KEYS_MISSING, TRUST_FOLDER_INVALID, FILE_NOT_FOUND, FILE_ACCESS, DISK_FULL
 */
export async function sign(input: SignInput, { crypto, nowMs, signal }: SignPorts): Promise<SignOutcome> {
  const { site, trust, settings, signers } = input;
  const folder = path.join(site, TRUST_ROUTE);
  const previous = await readPrevious(input.previous ?? reader(folder), trust, crypto);
  const ports: MakePorts = { trust, signers, settings, crypto, nowMs, previous };
  const bins = await signBins({ site, isHere: input.previous === undefined, signal }, ports);
  const meta = {
    ...Object.fromEntries([...bins.all].map(([name, { version }]) => [`${name}.json`, { version }])),
    'targets.json': toMetaFile(trust.targets, crypto),
  };
  const snapshot = await makeSnapshot(meta, ports);
  const timestamp = await makeTimestamp(snapshot.metadata, ports);
  await writeSite(folder, {
    trust,
    previous,
    leaves: [...bins.made.map(({ metadata }) => metadata), snapshot.metadata],
    timestamp: timestamp.metadata,
  });
  await keepSigned(site, {
    targets: trust.targets.file,
    snapshot: snapshot.metadata.signed.version,
    bins: bins.all,
  });
  const made = [...bins.made, snapshot, timestamp];
  const all = [...bins.all.values()];
  const targets = all.reduce((sum, bin) => sum + bin.targets, 0);
  const ends = [trust.root, trust.targets, ...made.map(({ metadata }) => metadata)];
  return {
    needed: made.some(({ isNew }) => isNew),
    targets,
    signed: made.filter(({ isNew }) => isNew).map(({ metadata }) => metadata.file),
    expires: [firstEnd(ends), ...all.map(({ expires }) => expires)].toSorted()[0] ?? '',
    warnings: [...warningsOf(trust, { settings, nowMs }), ...tooFew({ bins: all.length, targets }, settings)],
  };
}

/**
 * Gives the newest state a new end, and changes nothing of what it says: snapshot and timestamp, each if it is due.
 *
 * @param check only whether there is need; nothing is written and no key is asked for
 * @throws TRUST_FOLDER_INVALID for a site that was never signed with these keys, SIGNING_KEYS_MISSING
 */
export async function resign(
  { check, ...input }: SignInput & { readonly check: boolean },
  { crypto, nowMs }: SignPorts,
): Promise<SignOutcome> {
  const { site, trust, settings, signers } = input;
  const folder = path.join(site, TRUST_ROUTE);
  const previous = await readPrevious(input.previous ?? reader(folder), trust, crypto);
  const { snapshot: before, timestamp: last } = previous;
  if (!before || !last)
    throw new ArError('TRUST_FOLDER_INVALID', { folder: site, problem: 'nothing in it is signed with these keys' });
  const warnings = warningsOf(trust, { settings, nowMs });
  const due = [before, last].filter((metadata, index) =>
    isDue(metadata, { nowMs, expiryMs: settings.expiryMs[index === 0 ? 'snapshot' : 'timestamp'] }),
  );
  const none = {
    needed: due.length > 0,
    targets: 0,
    signed: [],
    expires: firstEnd([trust.root, trust.targets, before, last]),
    warnings,
  };
  if (check || due.length === 0) return none;
  const ports: MakePorts = { trust, signers, settings, crypto, nowMs, previous };
  const snapshot = await makeSnapshot(before.signed.meta, ports);
  const timestamp = await makeTimestamp(snapshot.metadata, ports);
  const made = [snapshot, timestamp].filter(({ isNew }) => isNew).map(({ metadata }) => metadata);
  for (const { file, bytes } of made) await replaceFile(path.join(folder, file), bytes);
  const expires = firstEnd([trust.root, trust.targets, snapshot.metadata, timestamp.metadata]);
  return { ...none, signed: made.map(({ file }) => file), expires };
}

/** That a first visit costs more than it need, and what to do; nothing where there is nothing to be done. */
function tooFew(
  { bins, targets }: { readonly bins: number; readonly targets: number },
  { bitLength }: TrustSettings,
): readonly string[] {
  const better = 2 ** bitLengthFor(targets);
  if (targets <= MOST_IN_BIN * bins || better <= bins) return [];
  const first = bitLength === undefined ? '' : `\`trust.bins: ${better}\` in registry.yaml, then `;
  const each = Math.round(targets / bins);
  return [
    `${bins} bins have ${each} documents each, ${MOST_IN_BIN} should be the most: ${first}\`ar-registry keys renew\``,
  ];
}

function reader(folder: string): ReadFile {
  return (name) => readFolderFile(path.join(folder, name));
}

interface Written {
  readonly trust: TrustFolder;
  readonly previous: Previous;
  readonly leaves: readonly Metadata<'targets' | 'snapshot'>[];
  readonly timestamp: Metadata<'timestamp'>;
}

async function writeSite(folder: string, { trust, previous, leaves, timestamp }: Written): Promise<void> {
  const write = ({ file, bytes }: Pick<Metadata<MetadataKind>, 'file' | 'bytes'>): Promise<void> =>
    replaceFile(path.join(folder, file), bytes);
  // Each waits until it is on the disk, and nobody is led to any of them yet.
  await eachInParallel(leaves, write);
  const roots = [trust.targets, ...trust.roots, timestamp];
  for (const root of roots) await write(root);
  const kept = leaves.flatMap(({ signed }) => ('meta' in signed ? namesIn(signed.meta) : []));
  await removeOld(folder, new Set([...[...leaves, ...roots].map(({ file }) => file), ...kept, ...filesOf(previous)]));
}

/** The files of the state that clients may still be reading. */
function filesOf({ snapshot }: Previous): readonly string[] {
  if (!snapshot) return [];
  return [snapshot.file, ...namesIn(snapshot.signed.meta)];
}

function namesIn(meta: Readonly<Record<string, { readonly version: number }>>): readonly string[] {
  return Object.entries(meta).map(([name, { version }]) => `${version}.${name}`);
}

async function removeOld(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder);
  const old = names.filter((name) => /^[0-9]+\.[a-z0-9-]+\.json$/.test(name) && !kept.has(name));
  for (const name of old) await rm(path.join(folder, name), { force: true });
}

function firstEnd(all: readonly Metadata<MetadataKind>[]): string {
  return all.map(({ signed }) => signed.expires).toSorted()[0] ?? '';
}

/** Root and targets are signed by people, who must be told in time. */
function warningsOf(
  { root, targets, pending }: TrustFolder,
  { settings, nowMs }: { readonly settings: TrustSettings; readonly nowMs: number },
): readonly string[] {
  const warnings = [];
  if (root.signed.development)
    warnings.push('These are development keys: nobody guards them, and no user may be told to trust them');
  if (pending) warnings.push(`${pending.file} waits for signatures: \`ar-registry keys endorse\``);
  for (const [metadata, expiryMs] of [
    [root, settings.expiryMs.root],
    [targets, settings.expiryMs.targets],
  ] as const)
    if (isDue(metadata, { nowMs, expiryMs: Math.min(expiryMs, 180 * 86_400_000) }))
      warnings.push(`${metadata.file} expires at ${metadata.signed.expires}: \`ar-registry keys renew\``);
  return warnings;
}
