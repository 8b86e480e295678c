/**
 * Carrying out a plan, where there is a token that can write: nothing is read or decided here that the plan has not
 * bound to a commit. A head that has moved is not merged, and a base that has moved ends it all.
 */
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { GitHubRepository } from '@ar-registry/io/github';
import type { AutomergeOutput, AutomergePlan } from '@ar-registry/schemas';
import { judgePull } from './judge.ts';

export type Applied = Required<Pick<AutomergeOutput, 'merged' | 'skipped'>>;

/** @throws PLAN_OUTDATED before anything is merged; REPORT_NOT_BELIEVED for the plan of another repository; GITHUB_… */
export async function applyPlan(plan: AutomergePlan, github: GitHubRepository): Promise<Applied> {
  const { owner, repo } = github.name;
  if (plan.repository.toLowerCase() !== `${owner}/${repo}`.toLowerCase())
    throw new ArError('REPORT_NOT_BELIEVED', { file: 'The plan', problem: 'it is for another repository' });
  const { defaultBranch } = await github.facts();
  if (plan.branch !== defaultBranch)
    throw new ArError('REPORT_NOT_BELIEVED', { file: 'The plan', problem: 'it is for another branch' });
  await assertTip(plan, plan.base, github);
  const merged: Applied['merged'] = [];
  const skipped: Applied['skipped'] = [];
  let tip = plan.base;
  for (const pull of plan.pulls.filter(({ action }) => action === 'merge')) {
    const reason = await refusalOf(pull, { plan, tip, github });
    const outcome = reason === undefined ? await merge(pull, github) : { reason };
    if ('commit' in outcome) {
      merged.push({ number: pull.number, commit: outcome.commit });
      tip = outcome.commit;
    } else skipped.push({ number: pull.number, reason: outcome.reason });
  }
  return { merged, skipped };
}

type Planned = AutomergePlan['pulls'][number];

async function assertTip({ branch }: AutomergePlan, planned: string, github: GitHubRepository): Promise<void> {
  const found = (await github.branch(branch)) ?? 'nothing';
  if (found !== planned) throw new ArError('PLAN_OUTDATED', { branch, planned, found });
}

/** What may have changed since the plan was made. */
async function refusalOf(
  { number, head }: Planned,
  { plan, tip, github }: { readonly plan: AutomergePlan; readonly tip: string; readonly github: GitHubRepository },
): Promise<string | undefined> {
  const pull = await github.pull(number);
  if (pull.state !== 'open') return 'It is not open any more.';
  if (pull.head.sha !== head) return 'It was pushed to since.';
  const verdict = judgePull(pull, { branch: plan.branch, owner: github.name.owner });
  if (verdict) return verdict.reason;
  // Somebody else merged: what was checked is not what would come of it.
  return (await github.branch(plan.branch)) === tip ? undefined : `${plan.branch} has moved since.`;
}

async function merge(
  { number, head, title }: Planned,
  github: GitHubRepository,
): Promise<{ readonly commit: string } | { readonly reason: string }> {
  try {
    return { commit: await github.mergePull(number, { sha: head, title: title ?? `Merge pull request ${number}` }) };
  } catch (error) {
    if (!hasCode(error, 'GITHUB_REJECTED')) throw error;
    return { reason: error.message.slice(0, 500) };
  }
}
