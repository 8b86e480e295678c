/**
 * A registry built again from the commit that it says it is of, and compared with what it serves. Whoever has the
 * repository can do that: a server, or whoever builds for it, cannot add or change a document without being found.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { TrustCrypto } from '@ar-registry/core/trust';
import type { TrustFolder } from '@ar-registry/io/trust';
import type { RebuildReport, StatusDocument } from '@ar-registry/schemas';
import { validator as isConfig } from '@ar-registry/schemas/validators/api/config';
import { validator as isStatus } from '@ar-registry/schemas/validators/api/status';
import { build } from '../build/index.ts';
import { verifyLog } from '../log/index.ts';
import { builtFiles, compareFiles, type Difference, type ReadSite } from './compare-site.ts';
import { signedFiles } from './signed-files.ts';

export interface RebuildInput {
  /** Of the index; absolute. */
  readonly repository: string;
  /** How the site is called in errors. */
  readonly site: string;
  readonly read: ReadSite;
  /** Folder of the archives, where registry.yaml does not say. Absolute. */
  readonly store?: string | undefined;
  /** Of the index, where it is signed. */
  readonly trust?: TrustFolder | undefined;
}

export interface RebuildPorts {
  readonly crypto: TrustCrypto;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
}

const MAX_DIFFERENCES = 100;

/** What follows from other things than the commit: what is known of vulnerabilities, and what was found with it. */
const OTHER_INPUTS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'reports of versions', pattern: /^api\/v1\/plugins\/.*\/report\.json$/ },
  { what: 'the snapshot of vulnerabilities', pattern: /^api\/v1\/osv\// },
  { what: 'the log, which is compared apart', pattern: /^api\/v1\/log\// },
];

/** @throws SITE_COMMIT_UNKNOWN, and what reading the site, building and reading a log throw */
export async function rebuild(input: RebuildInput, { crypto, nowMs, signal }: RebuildPorts): Promise<RebuildReport> {
  const { repository, site, read, store, trust } = input;
  const status = await readStatus(read, site);
  const { commit } = status;
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-rebuild-'));
  try {
    const source = { repository, revision: commit };
    await build(
      { source, out: folder, baseUrl: await baseUrlOf(read), store, rebuild: status.rebuild, state: 'none' },
      { signal },
    );
    const files = await builtFiles(folder);
    const differences = [
      ...(await compareFiles(files, { folder, read, signal })),
      ...(trust ? await unexpected({ files, read, trust, crypto }) : []),
      ...(trust ? await logDifferences({ repository, commit, trust, read, signal }) : []),
    ];
    const more = differences.length - MAX_DIFFERENCES;
    return {
      schemaVersion: 1,
      commit,
      checkedAt: new Date(nowMs).toISOString(),
      state: differences.length === 0 ? 'same' : 'different',
      compared: files.length,
      notRebuilt: OTHER_INPUTS.slice(0, 2).map(({ what }) => what),
      differences: differences.slice(0, MAX_DIFFERENCES),
      ...(more > 0 ? { more } : {}),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readStatus(read: ReadSite, site: string): Promise<StatusDocument & { readonly commit: string }> {
  const bytes = await read(routes.status);
  const status = bytes && isStatus(parse(bytes));
  const commit = status?.ok ? status.value.commit : undefined;
  if (!status?.ok || commit === undefined || !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit))
    throw new ArError('SITE_COMMIT_UNKNOWN', { site });
  return { ...status.value, commit };
}

/** Where it says that it is served: part of some documents, and no part of the commit. */
async function baseUrlOf(read: ReadSite): Promise<string | undefined> {
  const bytes = await read(routes.config);
  const config = bytes && isConfig(parse(bytes));
  return config?.ok && config.value.baseUrl ? config.value.baseUrl : undefined;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // is no document, as its validator finds
  }
}

interface Signed {
  readonly files: readonly string[];
  readonly read: ReadSite;
  readonly trust: TrustFolder;
  readonly crypto: TrustCrypto;
}

async function unexpected({ files, read, trust, crypto }: Signed): Promise<readonly Difference[]> {
  const known = new Set(files);
  const signed = await signedFiles((name) => read(`${routes.trust}/${name}`), trust, crypto);
  return signed
    .filter((file) => !known.has(file) && !OTHER_INPUTS.some(({ pattern }) => pattern.test(file)))
    .map((file) => ({ path: file, kind: 'unexpected' }));
}

interface Logged {
  readonly repository: string;
  readonly commit: string;
  readonly trust: TrustFolder;
  readonly read: ReadSite;
  readonly signal?: AbortSignal | undefined;
}

async function logDifferences({ commit, read, trust, ...rest }: Logged): Promise<readonly Difference[]> {
  if (!trust.root.signed.log) return [];
  const { differences } = await verifyLog({
    ...rest,
    trust,
    revision: commit,
    read: (file) => read(`${routes.log}/${file}`),
  });
  return differences.map(({ what }) => ({ path: `${routes.log}: ${what}`.slice(0, 1000), kind: 'different' }));
}
