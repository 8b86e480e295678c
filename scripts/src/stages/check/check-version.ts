/** All that is to be said of one version: its archive, what is in it, and what came of its source. */
import {
  buildReport,
  checkCapabilities,
  checkContents,
  toCheck,
  type CheckedCapabilities,
  type ContentsReport,
} from '@ar-registry/checks';
import { isArError } from '@ar-registry/core/errors';
import type { Finding } from '@ar-registry/core/findings';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE, indexPaths } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { checkArchive, type ArchiveState } from '@ar-registry/core/rules';
import type { ArchiveContents } from '@ar-registry/io/archive';
import { readDependencies } from '@ar-registry/io/npm';
import type { Check, DependenciesRecord, Report } from '@ar-registry/schemas';
import { openArchive, readState } from '../../archives/inspect-archive.ts';
import { checkProvenance, type ProvenancePorts } from './check-provenance.ts';
import { obtainArchive, type RemoteSource } from '../../archives/obtain-archive.ts';
import type { ChangedVersion } from '../validate/index.ts';

export interface VersionPorts extends RemoteSource, ProvenancePorts {
  readonly advisories: AdvisorySource | undefined;
  /** What reviewers know of npm packages: as the registry has accepted it. */
  readonly known: DependenciesRecord['packages'];
  readonly nowMs: number;
  /** Where the index lies in its repository: how files are called in findings. */
  readonly prefix: string;
}

/** What came of the source of a version, as a check. */
export interface SourceOutcome {
  readonly check: Check;
  readonly source?: Report['source'];
}

/**
 * Checks one version. What goes wrong with it stays with it: an error that nobody foresaw makes its checks
 * `could-not-run`, because an archive made to break a checker must stop neither the others nor the report about it.
 *
 * @throws `signal.reason` when aborted
 */
export async function checkVersion(
  version: ChangedVersion,
  ports: VersionPorts,
  outcome: SourceOutcome | undefined,
): Promise<Report> {
  const looked = await lookAt(version, ports).catch((error: unknown): Looked => {
    ports.signal?.throwIfAborted();
    const why = isArError(error)
      ? error.message
      : `The check broke (${error instanceof Error ? error.name : 'unknown'}).`;
    return { archive: toCheck('archive', [], { couldNotRun: why }), contents: undefined };
  });
  const { manifest, dist } = version.record;
  return buildReport({
    name: manifest.name,
    version: manifest.version,
    integrity: dist.integrity,
    contents: looked.contents,
    capabilities: looked.capabilities,
    checks: [looked.archive, ...(looked.provenance ?? []), ...(outcome ? [outcome.check] : [])],
    source: outcome?.source,
  });
}

interface Looked {
  readonly archive: Check;
  readonly contents: ContentsReport | undefined;
  readonly provenance?: readonly Check[];
  readonly capabilities?: CheckedCapabilities | undefined;
}

async function lookAt({ record, previous }: ChangedVersion, ports: VersionPorts): Promise<Looked> {
  const obtained = await obtainArchive(record, ports);
  if (obtained.kind === 'unreachable')
    return { archive: toCheck('archive', [], { couldNotRun: obtained.problem }), contents: undefined };
  const opened = obtained.kind === 'fetched' ? await openArchive(record, obtained.bytes, ports) : obtained;
  if (opened.kind !== 'opened')
    return { archive: archiveCheck(checkArchive(record, opened), ports), contents: undefined };
  const bytes = obtained.kind === 'fetched' ? obtained.bytes : new Uint8Array();
  const state: ArchiveState = readState(record, opened.contents, bytes.length);
  const provenance = await checkProvenance(record, bytes, ports);
  const input = inputOf(opened.contents, previous);
  const contents = await checkContents(input, ports);
  const capabilities = await dependenciesOf(input, ports);
  const findings = checkArchive(record, state).filter((found) => !isTold(found, contents));
  const reason = `${opened.contents.files.size} files, ${opened.contents.unpackedBytes} bytes unpacked.`;
  return { archive: archiveCheck(findings, ports, reason), contents, provenance, capabilities };
}

/** Undefined without a manifest, of which other checks speak. */
async function dependenciesOf(
  { files, manifest }: ReturnType<typeof inputOf>,
  { known, signal = new AbortController().signal }: VersionPorts,
): Promise<CheckedCapabilities | undefined> {
  if (!manifest) return undefined;
  const lockText = new TextDecoder().decode(files.get(DEPENDENCY_LOCK_FILE));
  return checkCapabilities({ manifest, known, packages: readDependencies({ manifest, lockText }, signal), signal });
}

function inputOf({ files, manifestText }: ArchiveContents, previous: ChangedVersion['previous']) {
  return {
    files: new Map(Array.from(files, ([path, { bytes }]) => [path, bytes] as const)),
    // What the package itself declares: that it is what the record says is for the check of the archive.
    manifest: parseManifest(manifestText, MANIFEST_FILE).manifest,
    previous,
  };
}

/** What is wrong inside of the package is told once, by the checks of its contents, under the path in it. */
function isTold({ code, at }: Finding, { checks }: ContentsReport): boolean {
  const [, inside] = /^[^!]*!(.+)$/.exec(at.file) ?? [];
  if (inside === undefined) return false;
  return checks.some(({ findings }) => findings.some((told) => told.code === code && told.file === inside));
}

function archiveCheck(findings: readonly Finding[], { prefix }: VersionPorts, reason?: string): Check {
  const placed = findings.map((found) => ({ ...found, at: { ...found.at, file: `${prefix}${found.at.file}` } }));
  return toCheck('archive', placed, { reason });
}

/** Where findings about a version's source are placed. */
export function placeOfSource({ record }: ChangedVersion, prefix: string): Finding['at'] {
  const { name, version } = record.manifest;
  return { file: `${prefix}${indexPaths.version(name, version)}`, path: 'source' };
}
