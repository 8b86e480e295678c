/**
 * What a machine may merge: found by reading the very commits again, without a token that could write.
 *
 * Neither reports nor labels are believed here: each pull request is checked anew from git objects, by the same stage
 * as in its own job. What is asked from GitHub is what an author cannot set: who he is, when GitHub started the checks,
 * and how they ended.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode, isArError } from '@ar-registry/core/errors';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { waivedBy } from '@ar-registry/core/rules';
import type { Clock } from '@ar-registry/io/clock';
import { cloneBranches, fetchPullHead, type GitRepository } from '@ar-registry/io/git';
import type { GitHubRepository, PullRequest } from '@ar-registry/io/github';
import { readIndex } from '@ar-registry/io/index-store';
import type { AutomergePlan } from '@ar-registry/schemas';
import { checkWithChange, type CheckedChange } from '../check/index.ts';
import { assembleReading } from '../validate/index.ts';
import { judgeChange, judgePull, judgeRuns, judgeSources, type Verdict } from './judge.ts';

export interface PlanInput {
  /** Address or path of the repository, where git finds `refs/pull/<number>/head`. */
  readonly url: string;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  readonly allowLoopback: boolean;
}

export interface PlanPorts {
  readonly github: GitHubRepository;
  readonly clock: Clock;
  readonly advisories: AdvisorySource | undefined;
  readonly signal: AbortSignal;
}

type Planned = AutomergePlan['pulls'][number];

/** @throws INDEX_UNREADABLE, GIT_FAILED, GITHUB_…, ABORTED */
export async function planMerges(input: PlanInput, ports: PlanPorts): Promise<AutomergePlan> {
  const { github, signal } = ports;
  const { defaultBranch: branch } = await github.facts();
  const folder = await mkdtemp(join(tmpdir(), 'ar-automerge-'));
  try {
    const clone = { dir: join(folder, 'index.git'), branches: [branch] };
    const repository = await cloneBranches(input.url, clone, signal);
    const base = await repository.resolveRevision(branch);
    const context = { input, ports, repository, branch, base, waitMinutes: await waitOf(repository, base, signal) };
    const pulls = await planAll(context);
    const { owner, repo } = github.name;
    return { schemaVersion: 1, repository: `${owner}/${repo}`, branch, base, pulls };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface PlanContext {
  readonly input: PlanInput;
  readonly ports: PlanPorts;
  readonly repository: GitRepository;
  readonly branch: string;
  readonly base: string;
  /** Undefined where this registry merges nothing by machine. */
  readonly waitMinutes: number | undefined;
}

/** As the accepted registry.yaml says. */
async function waitOf(repository: GitRepository, revision: string, signal: AbortSignal): Promise<number | undefined> {
  const { registry } = assembleReading(await readIndex({ repository, revision }, { signal }));
  return registry.automerge?.waitMinutes;
}

/** Two changes of one plugin are not planned together: the second was checked against a base without the first. */
async function planAll(context: PlanContext): Promise<Planned[]> {
  const open = await context.ports.github.findPulls({ state: 'open' });
  const taken = new Map<string, number>();
  const planned: Planned[] = [];
  for (const pull of open.toSorted((a, b) => a.number - b.number)) {
    context.ports.signal.throwIfAborted();
    const { verdict, plugins } = await judge(pull, context);
    const before = plugins.map((name) => taken.get(name)).find((number) => number !== undefined);
    const isLate = verdict.action === 'merge' && before !== undefined;
    const final: Verdict = isLate ? { action: 'wait', reason: `Pull request ${before} comes first.` } : verdict;
    if (final.action === 'merge') for (const name of plugins) taken.set(name, pull.number);
    planned.push({ number: pull.number, head: pull.head.sha, ...final });
  }
  return planned;
}

interface Judged {
  readonly verdict: Verdict;
  readonly plugins: readonly string[];
}

/** What costs least comes first: most open pull requests wait for something that GitHub already knows. */
async function judge(pull: PullRequest, context: PlanContext): Promise<Judged> {
  const { branch, waitMinutes, ports } = context;
  if (waitMinutes === undefined) return told('leave', 'This registry merges nothing by machine.');
  const early = judgePull(pull, { branch, owner: ports.github.name.owner });
  if (early) return { verdict: early, plugins: [] };
  const runs = await ports.github.checkRuns(pull.head.sha);
  const waiting = judgeRuns(runs, { pull, waitMinutes, nowMs: ports.clock.nowMs() });
  if (waiting) return { verdict: waiting, plugins: [] };
  const checked = await checkPull(pull, context);
  if (typeof checked === 'string') return told('leave', checked);
  const verdict = judgeChange(checked) ??
    judgeSources(checked, runs) ?? {
      action: 'merge',
      reason: 'Nothing is missing.',
      title: titleOf(checked, pull),
    };
  return { verdict, plugins: checked.report.plugins };
}

function told(action: 'leave' | 'wait', reason: string): Judged {
  return { verdict: { action, reason }, plugins: [] };
}

/**
 * One that breaks its check, by whatever means, must not keep the others from being merged.
 *
 * @returns why it cannot be checked, which is for its author or a person to mend
 */
async function checkPull(
  { number, head, author, labels }: PullRequest,
  { input, ports, repository, base }: PlanContext,
): Promise<CheckedChange | string> {
  const { signal } = ports;
  try {
    const commit = await fetchPullHead(repository.gitDir, { url: input.url, number }, signal);
    if (commit !== head.sha) return 'It was pushed to just now.';
    const { store, allowLoopback } = input;
    const change = {
      repository,
      base,
      head: commit,
      submitter: author,
      waived: waivedBy(labels),
      store,
      allowLoopback,
    };
    return await checkWithChange(change, ports);
  } catch (error) {
    signal.throwIfAborted();
    if (hasCode(error, 'MERGE_REFUSED')) return 'It conflicts with what was merged since.';
    if (hasCode(error, 'GIT_FAILED')) return 'Its commits cannot be read.';
    // What is wrong with this machine is wrong for all of them; what is wrong with a submission is its own.
    if (isArError(error) && error.exit === 4) throw error;
    return 'Its check broke.';
  }
}

/** Of names that the checks have read; never the author's words. */
function titleOf({ report: { versions, plugins } }: CheckedChange, { number }: PullRequest): string {
  const [version] = versions;
  const what = version ? `Publish ${version.name} ${version.version}` : `Change the status of ${plugins.join(', ')}`;
  return `${what} (#${number})`.slice(0, 300);
}
