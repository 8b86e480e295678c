/**
 * What a source check said of a version, taken as data of strangers: it was written where their programs ran.
 *
 * It can only ever make things worse: a failure refuses, and a pass, which a program can forge, is needed by nobody.
 */
import { toCheck } from '@ar-registry/checks';
import { finding } from '@ar-registry/core/findings';
import type { SourceReport } from '@ar-registry/schemas';
import type { ChangedVersion } from '../validate/index.ts';
import { placeOfSource, type SourceOutcome } from './check-version.ts';

/** What a source check left, or why there is nothing of it that could be taken; in a sentence. */
export type ReadSource = SourceReport | { readonly problem: string };

/** The commits that are looked at, and where the index lies among their files. */
export interface SourceContext {
  readonly base: string;
  readonly head: string;
  readonly prefix: string;
}

/** Undefined for a version without a source. */
export function sourceOutcome(
  version: ChangedVersion,
  read: ReadSource,
  context: SourceContext,
): SourceOutcome | undefined {
  const { source } = version.record;
  if (!source) return undefined;
  const told = find(version, read, context);
  if (typeof told === 'string') return { check: toCheck('source', [], { couldNotRun: told }) };
  const at = placeOfSource(version, context.prefix);
  const findings = told.findings.map(({ code, detail }) => finding(code, at, { detail }));
  const reason = told.reason ?? '';
  const check = toCheck('source', findings, told.result === 'pass' ? { reason } : { couldNotRun: reason });
  if (told.reproducible === undefined) return { check };
  return { check, source: { url: source.url, commit: source.commit, reproducible: told.reproducible } };
}

/** What was said of exactly this archive and commit, or why nothing was. */
function find(
  { record: { manifest, dist, source } }: ChangedVersion,
  read: ReadSource,
  { base, head }: SourceContext,
): SourceReport['versions'][number] | string {
  if ('problem' in read) return read.problem;
  if (read.base !== base || read.head !== head) return 'What was built is of other commits.';
  const told = read.versions.find(
    ({ name, version, integrity, url, commit }) =>
      name === manifest.name &&
      version === manifest.version &&
      integrity === dist.integrity &&
      url === source?.url &&
      commit === source.commit,
  );
  return told ?? 'Nobody built this commit.';
}
