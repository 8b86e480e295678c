import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine } from '@ar-registry/core/text';
import { replaceFile } from '@ar-registry/io/files';
import { originOf } from '@ar-registry/io/git';
import { gitHubPlaces, type RepositoryName } from '@ar-registry/io/github';
import type { AutomergeOutput, AutomergePlan } from '@ar-registry/schemas';
import { validator as isPlan } from '@ar-registry/schemas/validators/automerge-plan';
import { usage } from '../args.ts';
import { defineCommand, type Context, type Outcome } from '../command.ts';
import { writeOutputs } from '../github/write-outputs.ts';
import { applyPlan, planMerges } from '../stages/automerge/index.ts';
import { readUntrusted } from '../stages/check/index.ts';
import { openGitHub, parseRepository } from './github.ts';
import { openOsv } from './osv-option.ts';
import { resolveGiven } from './resolve-given.ts';

const PLAN_LIMIT_BYTES = 4 * 1024 * 1024;

export const automerge = defineCommand({
  name: 'automerge',
  summary: 'Merge what needs no person: first a plan, made without a token that can write; then its merges.',
  examples: [
    'ar-registry automerge --repo acme/registry --index . --osv ./osv --out plan.json',
    'ar-registry automerge --repo acme/registry --apply plan.json',
  ],
  options: {
    repo: { type: 'string', value: '<owner>/<name>', help: 'the repository of the index', required: true },
    index: {
      type: 'string',
      value: '<address or clone>',
      help: 'where git reads it; its address at GitHub unless given',
    },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    osv: { type: 'string', value: '<folder or address>', help: 'the vulnerability database' },
    out: { type: 'string', value: '<file>', help: 'where the plan goes' },
    outputs: { type: 'string', value: '<file>', help: 'add merges=… to this file, for later jobs of a workflow' },
    apply: { type: 'string', value: '<file>', help: 'merge what this plan says; needs GITHUB_TOKEN' },
    'allow-loopback': { type: 'boolean', help: 'fetch archives from this machine too' },
  },
  run: async (values, context) => {
    const { cwd } = context;
    const name = parseRepository(values.repo ?? '', 'automerge');
    if ((values.out === undefined) === (values.apply === undefined))
      throw usage('Either --out or --apply is to be given.', 'ar-registry automerge --help');
    if (values.apply !== undefined) return apply(resolve(cwd, values.apply), name, context);
    const input = {
      url: await addressOf(values.index, name, context),
      store: resolveGiven(cwd, values.store),
      allowLoopback: values['allow-loopback'] ?? false,
    };
    const github = openGitHub(name, context, 'nothing');
    const plan = await planMerges(input, { ...context, github, advisories: openOsv(values.osv, context) });
    await replaceFile(resolve(cwd, values.out ?? ''), `${JSON.stringify(plan)}\n`);
    const merges = plan.pulls.filter(({ action }) => action === 'merge').length;
    if (values.outputs !== undefined) await writeOutputs(resolve(cwd, values.outputs), { merges });
    const json: AutomergeOutput = { schemaVersion: 1, plan };
    return { text: presentPlan(plan), json, exitCode: 0 };
  },
});

async function apply(file: string, name: RepositoryName, context: Context): Promise<Outcome> {
  const plan = await readUntrusted(file, { validate: isPlan, limitBytes: PLAN_LIMIT_BYTES });
  const applied = await applyPlan(plan, openGitHub(name, context, 'token'));
  const json: AutomergeOutput = { schemaVersion: 1, ...applied };
  const lines = [
    ...applied.merged.map(({ number, commit }) => `Merged pull request ${number}: ${commit}\n`),
    ...applied.skipped.map(({ number, reason }) => `Left pull request ${number}: ${toSingleLine(reason)}\n`),
  ];
  return { text: lines.join('') || 'Nothing to merge.\n', json, exitCode: 0 };
}

function presentPlan({ pulls }: AutomergePlan): string {
  const lines = pulls.map(({ number, action, reason }) => `${action.padEnd(5)} #${number} ${toSingleLine(reason)}\n`);
  return lines.join('') || 'No pull request is open.\n';
}

/** A clone does not have what is only at GitHub, the heads of pull requests: its origin does. */
async function addressOf(
  index: string | undefined,
  { owner, repo }: RepositoryName,
  { cwd, env, signal }: Context,
): Promise<string> {
  if (index === undefined) return `${gitHubPlaces(env).webUrl}/${owner}/${repo}.git`;
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|[^/\\]+@[^/\\]+:)/i.test(index)) return index;
  const folder = resolve(cwd, index);
  if (!(await lstat(folder).catch(() => undefined))) throw new ArError('FILE_NOT_FOUND', { path: folder });
  return (await originOf(folder, signal)) ?? folder;
}
