/** One plugin on a mirror: of what its document pins, what the policy lets pass. */
import { blockingAdvisory, type Advisory } from '@ar-registry/core/advisory';
import { ArError, isArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { needsDocument, withheldAsDocumented, withheldAsListed } from '@ar-registry/core/mirror';
import { integrityOf } from '@ar-registry/io/digest';
import type { Integrity, MirrorPolicy, PluginDocument, PluginName, Version } from '@ar-registry/schemas';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { validator as isVersion } from '@ar-registry/schemas/validators/api/version';
import type { MirrorPorts } from './documents.ts';
import { parseJson } from './parse-json.ts';

export interface Carrying {
  readonly policy: MirrorPolicy;
  readonly advisories: readonly Advisory[];
  readonly dryRun: boolean;
}

export interface CarriedPlugin {
  readonly name: PluginName;
  /** Routes of its files: versions, archives, README. */
  readonly files: readonly string[];
  /** How many of its versions are carried. */
  readonly versions: number;
  readonly withheld: ReadonlyMap<Version, string>;
  /** What the registry does not serve as it signed it. */
  readonly problems: readonly { readonly version: Version; readonly code: string }[];
  /** Archives that a dry run leaves to fetch. */
  readonly missing: number;
}

type Entry = PluginDocument['versions'][number];

const DOCUMENT_LIMIT_BYTES = 16 * 1024 * 1024;
/** More than a registry lets an archive have by ten times. */
const ARCHIVE_LIMIT_BYTES = 100 * 1024 * 1024;

/** @throws REGISTRY_RESPONSE_INVALID for a document that is none, REGISTRY_UNREACHABLE, DISK_FULL, FILE_ACCESS */
export async function carryPlugin(name: PluginName, carrying: Carrying, ports: MirrorPorts): Promise<CarriedPlugin> {
  const document = parsePlugin(await ports.folder.newest(routes.plugin(name)));
  if (document?.name !== name)
    throw new ArError('REGISTRY_RESPONSE_INVALID', {
      url: `${ports.origin.url}/${routes.plugin(name)}`,
      problem: 'it is no document of that plugin',
    });
  const before = pinsOf(parsePlugin(await ports.folder.read(routes.plugin(name)).catch(() => undefined)));
  const files: string[] = [];
  const withheld = new Map<Version, string>();
  const problems: { version: Version; code: string }[] = [];
  let missing = 0;
  for (const entry of document.versions) {
    ports.signal.throwIfAborted();
    const plugin = { document, entry, isPinned: before.get(entry.version) === pinOf(entry) };
    const outcome = await carryVersion(plugin, carrying, ports).catch((error: unknown) => problemOf(error));
    if ('code' in outcome) problems.push({ version: entry.version, code: outcome.code });
    if ('reason' in outcome) withheld.set(entry.version, outcome.reason);
    else files.push(routes.version(name, entry.version), routes.download(name, entry.version));
    missing += 'isMissing' in outcome ? 1 : 0;
  }
  const versions = document.versions.length - withheld.size;
  const readme = versions > 0 && (await carryReadme(document, ports));
  if (readme === 'refused') problems.push({ version: document.version, code: 'INTEGRITY_MISMATCH' });
  return {
    name,
    files: readme === true ? [...files, routes.readme(name)] : files,
    versions,
    withheld,
    problems,
    missing,
  };
}

type Outcome = { readonly isMissing?: true } | { readonly reason: string; readonly code?: string };

/** What the registry gets wrong with one version keeps no other from the mirror; whatever else goes wrong ends all. */
function problemOf(error: unknown): { readonly reason: string; readonly code: string } {
  if (!isArError(error) || !OF_ONE_FILE.has(error.code)) throw error;
  return { reason: `the registry does not serve it as it signed it (${error.code})`, code: error.code };
}

const OF_ONE_FILE: ReadonlySet<string> = new Set([
  'INTEGRITY_MISMATCH',
  'REGISTRY_RESPONSE_INVALID',
  'REGISTRY_RESPONSE_TOO_LARGE',
  'REGISTRY_STATUS',
]);

interface Listed {
  readonly document: PluginDocument;
  readonly entry: Entry;
  /** The mirror had this very version when it last was whole. */
  readonly isPinned: boolean;
}

async function carryVersion(
  listed: Listed,
  { policy, advisories, dryRun }: Carrying,
  ports: MirrorPorts,
): Promise<Outcome> {
  const { document, entry, isPinned } = listed;
  const { name, trust } = document;
  const { version, publishedAt } = entry;
  const revokedBy = blockingAdvisory(advisories, name, version)?.id;
  const asListed = withheldAsListed({ name, trust, publishedAt, revokedBy }, policy, ports.nowMs);
  if (asListed !== undefined) return { reason: asListed };
  const route = routes.version(name, version);
  const isKept = isPinned && !needsDocument(policy) && (await ports.folder.sizeOf(route)) !== undefined;
  const reason = isKept ? undefined : await carryDocument({ route, integrity: entry.document }, policy, ports);
  if (reason !== undefined) return { reason };
  return carryArchive({ name, entry, isPinned }, dryRun, ports);
}

async function carryArchive(
  { name, entry, isPinned }: Pick<Listed, 'entry' | 'isPinned'> & { readonly name: PluginName },
  dryRun: boolean,
  ports: MirrorPorts,
): Promise<Outcome> {
  const { version, integrity, size } = entry;
  const route = routes.download(name, version);
  if (isPinned && (await ports.folder.sizeOf(route)) === size) return {};
  if (await kept(route, integrity, ports)) return {};
  if (dryRun) return { isMissing: true };
  const limitBytes = Math.min(size, ARCHIVE_LIMIT_BYTES);
  await ports.folder.write(route, await fetchPinned({ route, integrity, limitBytes }, ports));
  return {};
}

/** @returns why the version is not carried */
async function carryDocument(
  { route, integrity }: Omit<Pinned, 'limitBytes'>,
  policy: MirrorPolicy,
  ports: MirrorPorts,
): Promise<string | undefined> {
  const own = await kept(route, integrity, ports);
  const bytes = own ?? (await fetchPinned({ route, integrity, limitBytes: DOCUMENT_LIMIT_BYTES }, ports));
  const reason = withheldAsDocumented(parseVersion(bytes, `${ports.origin.url}/${route}`).manifest, policy);
  if (reason === undefined && !own) await ports.folder.write(route, bytes);
  return reason;
}

async function carryReadme({ name, readme }: PluginDocument, ports: MirrorPorts): Promise<boolean | 'refused'> {
  if (!readme) return false;
  const route = routes.readme(name);
  if (await kept(route, readme.integrity, ports)) return true;
  try {
    await ports.folder.stage(
      route,
      await fetchPinned({ route, integrity: readme.integrity, limitBytes: readme.size }, ports),
    );
    return true;
  } catch (error) {
    problemOf(error);
    return 'refused';
  }
}

interface Pinned {
  readonly route: string;
  readonly integrity: Integrity;
  readonly limitBytes: number;
}

async function kept(route: string, integrity: Integrity, { folder }: MirrorPorts): Promise<Uint8Array | undefined> {
  const bytes = await folder.read(route);
  return bytes && integrityOf(bytes) === integrity ? bytes : undefined;
}

/** @throws INTEGRITY_MISMATCH, REGISTRY_STATUS for what is not there */
async function fetchPinned({ route, integrity, limitBytes }: Pinned, { origin }: MirrorPorts): Promise<Uint8Array> {
  const url = `${origin.url}/${route}`;
  const bytes = await origin.get(route, limitBytes);
  if (!bytes) throw new ArError('REGISTRY_STATUS', { url, status: 404 });
  const actual = integrityOf(bytes);
  if (actual !== integrity) throw new ArError('INTEGRITY_MISMATCH', { archive: url, expected: integrity, actual });
  return bytes;
}

function parseVersion(bytes: Uint8Array, url: string) {
  const version = isVersion(parseJson(bytes));
  if (version.ok) return version.value;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it is no document of a version' });
}

function parsePlugin(bytes: Uint8Array | undefined): PluginDocument | undefined {
  const plugin = bytes && isPlugin(parseJson(bytes));
  return plugin?.ok ? plugin.value : undefined;
}

function pinsOf(document: PluginDocument | undefined): ReadonlyMap<Version, string> {
  return new Map(document?.versions.map((entry) => [entry.version, pinOf(entry)]));
}

function pinOf({ document, integrity }: Entry): string {
  return `${document} ${integrity}`;
}
