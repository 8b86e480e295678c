/**
 * What every command does that changes something published: read the records, plan, check by the registry's own rules,
 * submit. The plan is pure and the command's own.
 */
import { ArError } from '@ar-registry/core/errors';
import { isError, type Finding } from '@ar-registry/core/findings';
import {
  checkOwnerChange,
  toSubmission,
  type NamedAccount,
  type OwnedPlugin,
  type OwnerChange,
  type OwnerSubmission,
  type PlannedChange,
} from '@ar-registry/core/status';
import { nearest } from '@ar-registry/core/text';
import { integrityOf } from '@ar-registry/io/digest';
import type { IndexState, IndexTarget, Proposed } from '@ar-registry/io/propose';
import type { Account, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { presentFindings } from '../present/findings.ts';
import { openSubmissions, type Submissions } from './open-submissions.ts';

/** Options of every command that submits a change. */
export const CHANGE_OPTIONS = {
  index: { type: 'string', value: 'REMOTE', summary: 'git address or folder of the index (AR_INDEX)' },
  as: { type: 'string', value: 'LOGIN:ID', summary: 'GitHub login and numeric id (AR_PUBLISHER)' },
  'dry-run': { type: 'boolean', summary: 'do nothing that others see, and say what would be done' },
} as const;

export interface ChangeValues {
  readonly index: string | undefined;
  readonly as: string | undefined;
  readonly 'dry-run': boolean;
}

export type ChangeOutcome = { readonly name: PluginName; readonly remote: string } & (
  | { readonly state: 'unchanged'; readonly why: string }
  | { readonly state: 'changed'; readonly change: OwnerChange; readonly proposed: Proposed }
);

/** Whom a plan may ask for. */
export interface People {
  readonly submitter: Account;
  /** The account of that name, by its id where one is given, else as GitHub says. @throws ACCOUNT_UNKNOWN, GITHUB_… */
  readonly account: (named: NamedAccount) => Promise<Account>;
  /** The records around the plugin, reviews among them, by path relative to the index. */
  readonly files: ReadonlyMap<string, string>;
}

export type Plan = (plugin: OwnedPlugin, people: People) => PlannedChange | Promise<PlannedChange>;

/**
 * @throws PLUGIN_NOT_FOUND, FINDINGS where the registry would refuse the change, and what `openSubmissions`,
 * `IndexTarget.propose` and the plan throw
 */
export async function changePlugin(
  name: PluginName,
  { values, plan }: { readonly values: ChangeValues; readonly plan: Plan },
  context: Context,
): Promise<ChangeOutcome> {
  const { cwd, signal, output } = context;
  await using to = await openSubmissions(values, { plugin: name, dir: cwd }, context);
  const { index, submitter } = to;
  const { outcome, findings } = await output.during('Submitting', async () => {
    const state = await index.readState(name);
    const people = { submitter, account: async (named: NamedAccount) => findAccount(named, to), files: state.files };
    const planned = await plan(ownedPlugin(state, name, to.given), people);
    const at = { name, remote: to.given };
    if (planned.state === 'unchanged') return { outcome: { ...at, ...planned }, findings: [] };
    const submission = toSubmission(name, { change: planned, files: state.files }, integrityOf);
    const warnings = checkSubmission({ state, submission, submitter }, context);
    const files = new Map(Array.from(submission.records, ([path, text]) => [state.prefix + path, text]));
    const branch = await freeBranch(index, submission.branch);
    const proposal = { ...submission, branch, files, author: submitter, now: context.now() };
    const proposed = await index.propose(proposal, { dryRun: values['dry-run'], signal });
    return { outcome: { ...at, state: planned.state, change: planned, proposed }, findings: warnings };
  });
  for (const line of presentFindings(findings)) output.note(line);
  return outcome;
}

async function findAccount({ login, id }: NamedAccount, { github }: Submissions): Promise<Account> {
  if (id !== undefined) return { login, id };
  if (github) return github.client.account(login);
  const problem = 'its numeric id is not given, and without GitHub nobody can be asked for it';
  throw new ArError('ACCOUNT_UNKNOWN', { account: login, problem });
}

/** @throws PLUGIN_NOT_FOUND */
export function ownedPlugin(
  { plugin, status, versions, plugins }: IndexState,
  name: PluginName,
  index: string,
): OwnedPlugin {
  if (plugin && status) return { record: plugin, status, versions };
  throw new ArError('PLUGIN_NOT_FOUND', { plugin: name, registry: index, suggestions: nearest(name, plugins) });
}

interface Checked {
  readonly state: IndexState;
  readonly submission: OwnerSubmission;
  readonly submitter: Account;
}

/** @returns what the registry will warn of. @throws FINDINGS where it will say no */
function checkSubmission({ state, submission, submitter }: Checked, { now }: Context): readonly Finding[] {
  const findings = checkOwnerChange(state, submission.records, { submitter, nowMs: now().getTime() });
  const errors = findings.filter(isError).length;
  if (errors > 0) throw new ArError('FINDINGS', { subject: `The change “${submission.title}”`, errors, findings });
  return findings;
}

/** More were never accepted of one and the same change; a remote that says so is not believed. */
const MOST_BRANCHES = 100;

/** The branch of a change. One that was accepted is spent: what was undone since can be done again, on the next. */
async function freeBranch(target: IndexTarget, branch: string): Promise<string> {
  for (let turn = 1; turn <= MOST_BRANCHES; turn += 1) {
    const name = turn === 1 ? branch : `${branch}-${turn}`;
    const earlier = await target.findEarlier(name);
    if (!earlier || !(await earlier.isMerged())) return name;
  }
  throw new ArError('PROPOSAL_DIFFERS', { branch });
}
