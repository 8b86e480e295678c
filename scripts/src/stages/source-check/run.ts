/**
 * The source check: what comes of the commit that a version names as its source.
 *
 * Programs of strangers run here. The stage holds no secret and is given none; what it writes is believed by nobody for
 * more than its form (docs/decisions/010-trust-in-reports.md).
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitRepository } from '@ar-registry/io/git';
import { createArchiveStore } from '@ar-registry/io/archive-store';
import { replaceFile } from '@ar-registry/io/files';
import type { SourceReport, VersionRecord } from '@ar-registry/schemas';
import { readChange } from '../validate/index.ts';
import { buildSource, prepareWorkDir, unbuilt, type BuiltSource } from './build-source.ts';
import { detectIsolation, type Layer } from './isolation.ts';
import { routeTo } from './route.ts';

export interface SourceCheckInput {
  readonly repository: GitRepository;
  readonly base: string;
  readonly head: string;
  /** Folder for `source.json` and the archives; absolute. */
  readonly out: string;
  /** Whether repositories of this machine may be cloned. */
  readonly allowLocal: boolean;
  /** Whether programs run only where network and files of others can be taken from them: on a person's own machine. */
  readonly requireIsolation: boolean;
  /** What the programs see of the environment, besides folders of their own: `PATH`, and nothing secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Address of the npm registry, where it is known. */
  readonly npmRegistry?: string | undefined;
}

/** The result, in the folder that was given. */
export const SOURCE_FILE = 'source.json';

/** For all versions of a submission together. */
const TOTAL_MS = 20 * 60_000;

/** @throws REVISION_UNKNOWN, INDEX_UNREADABLE, MERGE_REFUSED, GIT_FAILED, DISK_FULL, FILE_ACCESS, ABORTED */
export async function sourceCheck(
  input: SourceCheckInput,
  { signal }: { readonly signal: AbortSignal },
): Promise<SourceReport> {
  const { repository, base, head } = input;
  const change = await readChange({ repository, base, head }, signal);
  const deadline = AbortSignal.timeout(TOTAL_MS);
  const versions: SourceReport['versions'] = [];
  for (const { record } of change.versions) {
    const built = await checkVersion(record, { input, signal, deadline });
    if (!built) continue;
    versions.push(built.result);
    if (built.archive) await createArchiveStore(join(input.out, 'store')).put(built.archive);
  }
  const report: SourceReport = { schemaVersion: 1, base: change.baseCommit, head: change.headCommit, versions };
  await replaceFile(join(input.out, SOURCE_FILE), `${JSON.stringify(report)}\n`);
  return report;
}

async function checkVersion(
  record: VersionRecord,
  ports: { readonly input: SourceCheckInput; readonly signal: AbortSignal; readonly deadline: AbortSignal },
): Promise<BuiltSource | undefined> {
  const { source } = record;
  if (!source) return undefined;
  const { input, signal, deadline } = ports;
  const route = await routeTo(source, input.allowLocal);
  const workDir = await realpath(await mkdtemp(join(tmpdir(), 'ar-source-')));
  try {
    const env = await prepareWorkDir(workDir, input.environment);
    const isolation = await detectIsolation(workDir, env);
    const missing = REQUIRED.filter((layer) => !isolation.layers.includes(layer));
    if (input.requireIsolation && missing.length > 0) return unbuilt(record, source, unisolated(missing));
    return await buildSource(
      { record, source, route },
      { isolation, workDir, env, signal, deadline, registry: input.npmRegistry },
    );
  } finally {
    await rm(workDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Without which a program of a stranger could take something from a machine, or leave something on it. */
const REQUIRED: readonly Layer[] = [
  'own processes',
  'no network',
  'read-only files',
  'no files of others',
  'no new privileges',
];

function unisolated(missing: readonly Layer[]): string {
  return `Its programs are not run here. What this system does not offer them: ${missing.join(', ')}.`;
}
