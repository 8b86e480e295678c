/**
 * Drafts of advisories about what has become vulnerable since it was published, as a change that a reviewer decides on.
 *
 * There is one branch of drafts. While it waits, later runs add commits to it and change nothing on it: what a reviewer
 * has corrected, dismissed or deleted there stays as it is. Cut off anywhere, it is run again.
 */
import { draftAdvisories as planDrafts } from '@ar-registry/core/advisory-draft';
import { indexPaths } from '@ar-registry/core/layout';
import { snapshotAgeProblem, type AdvisorySource } from '@ar-registry/core/osv';
import type { Snapshot } from '@ar-registry/core/snapshot';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { readIndex, type IndexSource } from '@ar-registry/io/index-store';
import type { EarlierBranch, IndexTarget, Proposal, Proposed } from '@ar-registry/io/propose';
import type { AdvisoryRecord } from '@ar-registry/schemas';
import { assembleReading } from '../validate/index.ts';
import { BODY, TITLE, draftedRows, presentWaiting, type DraftedRow } from './present.ts';
import { scanPlugins } from './scan-plugins.ts';
import { readWaiting } from './waiting.ts';

/** The branch of drafts. */
const BRANCH = 'advisories/drafts';

export interface DraftRequest {
  readonly source: IndexSource;
  /** What `reports` made; absolute. */
  readonly reports: string;
  /** The most new drafts. */
  readonly limit: number;
  readonly dryRun: boolean;
}

/** Where drafts are proposed. */
export interface DraftTarget {
  readonly index: IndexTarget;
  readonly author: Proposal['author'];
  /** Keeps the list of what waits on a pull request; absent on plain git. */
  readonly comment?: (pullRequest: number, body: string) => Promise<void>;
}

export interface DraftPorts {
  readonly advisories: AdvisorySource;
  /** Absent: nothing is proposed, only told. */
  readonly target: DraftTarget | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface DraftOutcome {
  readonly takenAt: string;
  readonly drafts: readonly AdvisoryRecord[];
  /** Of earlier runs. */
  readonly waiting: readonly DraftedRow[];
  readonly left: number;
  /** `name@version` of which no dependencies are known. */
  readonly unknown: readonly string[];
  /** Why the database is no answer to what is known today; a sentence. */
  readonly stale: string | undefined;
  readonly proposed: Proposed | undefined;
}

/** @throws INDEX_UNREADABLE, OSV_…, BASE_MOVED, PUSH_REJECTED, GIT_FAILED, GITHUB_…, ABORTED */
export async function draftAdvisories(request: DraftRequest, ports: DraftPorts): Promise<DraftOutcome> {
  const { advisories: database, target, now, signal } = ports;
  const snapshot = assembleReading(await readIndex(request.source, { signal }));
  const plugins = await scanPlugins(snapshot.plugins, request.reports);
  const unknown = plugins.flatMap(({ name, versions }) =>
    versions.filter(({ packages }) => !packages).map(({ version }) => `${name}@${version}`),
  );
  const state = await database.snapshot(signal);
  const names = plugins.flatMap(({ versions }) =>
    versions.flatMap(({ packages = [] }) => packages.map((each) => each.name)),
  );
  const records = await database.find([...new Set(names)], signal);
  const branch = await openBranch(target, snapshot);
  const waiting = await readWaiting(branch?.earlier, branch?.prefix ?? '');
  const isKnown = new Set(snapshot.advisories.map(({ id }) => id));
  const undecided = waiting.advisories.filter(({ id }) => !isKnown.has(id));
  const planned = planDrafts({
    plugins,
    advisories: [...snapshot.advisories, ...undecided],
    dismissed: [...snapshot.dismissed, ...waiting.dismissed],
    records,
    takenAt: state.takenAt,
    limit: request.limit,
  });
  const proposed =
    target &&
    branch &&
    (await propose({ ...branch, target, undecided, drafts: planned.drafts }, { ...request, now, signal }));
  return {
    takenAt: state.takenAt,
    ...planned,
    waiting: draftedRows(undecided),
    unknown,
    stale: snapshotAgeProblem(state, { nowMs: now.getTime() }),
    proposed,
  };
}

interface Branch {
  /** What is on it, where an earlier run has left it. */
  readonly earlier: EarlierBranch | undefined;
  /** Where the index lies in the repository. */
  readonly prefix: string;
}

async function openBranch(target: DraftTarget | undefined, { plugins }: Snapshot): Promise<Branch | undefined> {
  const [some] = plugins;
  if (!target || !some) return undefined;
  const { prefix } = await target.index.readState(some.name);
  return { prefix, earlier: await target.index.findEarlier(BRANCH) };
}

interface Work extends Branch {
  readonly target: DraftTarget;
  readonly undecided: readonly AdvisoryRecord[];
  readonly drafts: readonly AdvisoryRecord[];
}

interface Circumstances {
  readonly dryRun: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
}

async function propose(work: Work, circumstances: Circumstances): Promise<Proposed | undefined> {
  const { target, earlier, undecided, drafts } = work;
  if (drafts.length + undecided.length === 0 && !earlier?.pullRequest) return undefined;
  const { dryRun, signal } = circumstances;
  const text = { title: TITLE, body: BODY };
  const proposed =
    earlier && drafts.length === 0
      ? await target.index.resume(earlier, text, { dryRun, signal })
      : await target.index.propose({ ...text, ...changeOf(work, circumstances) }, { dryRun, signal });
  if (proposed.pullRequest && !dryRun)
    await target.comment?.(proposed.pullRequest.number, presentWaiting(draftedRows([...undecided, ...drafts])));
  return proposed;
}

function changeOf({ target, earlier, prefix, drafts }: Work, { now }: Circumstances): Omit<Proposal, 'title' | 'body'> {
  const what = drafts.length === 1 ? 'an advisory' : `${drafts.length} advisories`;
  return {
    branch: BRANCH,
    files: new Map(drafts.map((record) => [`${prefix}${indexPaths.advisory(record.id)}`, stringifyRecord(record)])),
    message: `Draft ${what}\n`,
    author: target.author,
    now,
    ...(earlier ? { onto: earlier } : {}),
  };
}
