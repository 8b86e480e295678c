/**
 * The rules of the three levels of trust, as code: what a plugin's level says, and whether it holds today.
 *
 * A badge is never the only guard: permissions are enforced whatever the level is.
 */
import type { Report, TrustLevel, VersionRecord } from '@ar-registry/schemas';
import { toAdvisories } from '../api/advisory-documents.ts';
import { latestOf } from '../api/latest.ts';
import { blockingAdvisory } from '../advisory/index.ts';
import { splitName } from '../name/index.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';
import { coversLatest, verificationProblem } from './verification.ts';

/** One thing that a level says. `unknown` is never a yes. */
export interface Criterion {
  readonly id: string;
  /** The lowest level that says it; those above say it too. */
  readonly level: TrustLevel;
  /** A sentence. */
  readonly says: string;
  readonly holds: 'yes' | 'no' | 'unknown';
  /** A sentence: what was found. */
  readonly why: string;
}

export interface TrustExplanation {
  /** What the registry says of the plugin. */
  readonly claimed: TrustLevel;
  /** The highest level of which everything holds; absent where not even the lowest does. */
  readonly earned?: TrustLevel;
  readonly criteria: readonly Criterion[];
}

export const TRUST_LEVELS: readonly TrustLevel[] = ['community', 'verified', 'official'];

export interface ExplainInput {
  readonly plugin: SnapshotPlugin;
  readonly snapshot: Snapshot;
  /** What the checks said of the latest version, if anybody knows. */
  readonly report: Report | undefined;
  readonly nowMs: number;
}

export function explainTrust(input: ExplainInput): TrustExplanation {
  const latest = latestOf(input.plugin);
  const criteria = [
    ...communityCriteria(input, latest),
    ...verifiedCriteria(input, latest),
    ...officialCriteria(input, latest),
  ];
  const failing = criteria.find(({ holds }) => holds !== 'yes');
  const earned = failing === undefined ? 'official' : TRUST_LEVELS[TRUST_LEVELS.indexOf(failing.level) - 1];
  return { claimed: input.plugin.record.trust, ...(earned === undefined ? {} : { earned }), criteria };
}

type Found = Pick<Criterion, 'holds' | 'why'>;

function communityCriteria(
  { report, snapshot, plugin }: ExplainInput,
  { manifest }: VersionRecord,
): readonly Criterion[] {
  const advisory = blockingAdvisory(toAdvisories(snapshot).advisories, plugin.name, manifest.version);
  return [
    {
      id: 'not-revoked',
      level: 'community',
      says: 'The registry has nothing against its latest version.',
      ...(advisory
        ? { holds: 'no', why: `${advisory.id} forbids ${manifest.version}.` }
        : { holds: 'yes', why: `No advisory forbids ${manifest.version}.` }),
    },
    {
      id: 'automated-checks',
      level: 'community',
      says: 'Archive, package, dependencies and secrets pass the automated checks.',
      ...checksFound(report, ['archive', 'package', 'dependencies', 'secrets']),
    },
  ];
}

function verifiedCriteria(input: ExplainInput, latest: VersionRecord): readonly Criterion[] {
  const { report, plugin } = input;
  return [
    {
      id: 'scan',
      level: 'verified',
      says: 'Its code does nothing that it does not declare, nor does that of its dependencies.',
      ...checksFound(report, ['scan', 'capabilities']),
    },
    {
      id: 'builds',
      level: 'verified',
      says: 'It builds from the commit that it names, and its own tests pass.',
      ...checksFound(report, ['source']),
    },
    {
      id: 'identity',
      level: 'verified',
      says: 'Its latest version comes from an owner, and from the repository that a reviewer has seen.',
      ...identityFound(plugin, latest),
    },
    {
      id: 'code-review',
      level: 'verified',
      says: 'Somebody who is none of its authors has read its code within a year.',
      ...reviewFound(input, latest),
    },
  ];
}

function officialCriteria({ plugin, snapshot }: ExplainInput, { publishedBy }: VersionRecord): readonly Criterion[] {
  const scope = snapshot.scopes.get(splitName(plugin.name).scope);
  const isTeam = scope?.owners.some(({ id }) => id === publishedBy.id) === true;
  return [
    {
      id: 'official-scope',
      level: 'official',
      says: 'Its scope belongs to the makers of agent-relay.',
      ...(scope?.level === 'official'
        ? { holds: 'yes', why: `@${scope.scope} is official.` }
        : { holds: 'no', why: `Its scope is ${scope?.level ?? 'not registered'}.` }),
    },
    {
      id: 'published-by-team',
      level: 'official',
      says: 'They publish it themselves.',
      holds: isTeam ? 'yes' : 'no',
      why: `${publishedBy.login} (${publishedBy.id}) published it${isTeam ? '' : ', who does not own the scope'}.`,
    },
  ];
}

function checksFound(report: Report | undefined, ids: readonly Report['checks'][number]['id'][]): Found {
  if (!report) return { holds: 'unknown', why: 'There is no report of its latest version.' };
  const results = ids.map((id) => ({ id, check: report.checks.find((check) => check.id === id) }));
  const failed = results.filter(({ check }) => check?.result === 'fail').map(({ id }) => id);
  if (failed.length > 0) return { holds: 'no', why: `${failed.join(', ')} failed.` };
  const open = results.filter(({ check }) => check?.result !== 'pass').map(({ id }) => id);
  if (open.length > 0) return { holds: 'unknown', why: `${open.join(', ')} could not run, or was not looked at.` };
  return { holds: 'yes', why: `${ids.join(', ')} passed.` };
}

function identityFound({ record, versions }: SnapshotPlugin, { publishedBy, manifest }: VersionRecord): Found {
  const owner = record.owners.find(({ id }) => id === publishedBy.id);
  if (!owner) return { holds: 'no', why: `${publishedBy.login} (${publishedBy.id}) is no owner today.` };
  if (manifest.repository.url !== record.repository.url)
    return { holds: 'no', why: `It says that it comes from ${manifest.repository.url}.` };
  const count = versions.filter((version) => version.publishedBy.id === owner.id).length;
  return { holds: 'yes', why: `${owner.login} (${owner.id}) published ${count} of its ${versions.length} versions.` };
}

function reviewFound({ plugin, snapshot, nowMs }: ExplainInput, latest: VersionRecord): Found {
  const reviews = plugin.versions.flatMap((version) => {
    const record = snapshot.verifications.get(plugin.name)?.get(version.manifest.version);
    return record ? [{ record, version }] : [];
  });
  if (reviews.length === 0) return { holds: 'no', why: 'No review of its code is recorded.' };
  const problems = reviews.map((review) => verificationProblem(review, plugin, snapshot));
  const good = reviews.filter((_, index) => problems[index] === undefined);
  if (good.length === 0) return { holds: 'no', why: problems[0] ?? 'No review of its code counts.' };
  const current = good.find((review) => coversLatest(review, latest, nowMs));
  const [newest] = good;
  if (current) {
    const { reviewer, reviewedAt } = current.record;
    return {
      holds: 'yes',
      why: `${reviewer.login} read ${current.version.manifest.version} on ${reviewedAt.slice(0, 10)}.`,
    };
  }
  const of = newest?.version.manifest.version ?? '';
  return {
    holds: 'no',
    why: `The review of ${of} does not speak for ${latest.manifest.version}: another major version, more permissions, or older than a year.`,
  };
}
