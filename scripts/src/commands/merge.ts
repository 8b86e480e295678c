import { ArError, assertNever } from '@ar-registry/core/errors';
import { toFindingDocument } from '@ar-registry/core/findings';
import type { MergeOutput } from '@ar-registry/schemas';
import { defineCommand, type Outcome } from '../command.ts';
import { countFindings, presentFindings } from '../reporters/findings.ts';
import { merge as mergeStage, type MergeOutcome } from '../stages/merge/index.ts';
import { parseAccount } from './accounts.ts';
import { resolveGiven, resolveRemote } from './resolve-given.ts';

const AUTHOR = { name: 'ar-registry', email: 'ar-registry@localhost' };

export const merge = defineCommand({
  name: 'merge',
  summary: 'Check a submitted branch, merge exactly what was checked, and push.',
  examples: [
    'ar-registry merge --repo ./index.git --branch publish/ar/slack/1.0.1 --submitter ada:4711',
    'ar-registry merge --repo ./index.git --branch publish/ar/slack/1.0.0 --reviewed',
  ],
  options: {
    repo: { type: 'string', value: '<address or path>', help: 'the repository of the index', required: true },
    branch: { type: 'string', value: '<branch>', help: 'the submission', required: true },
    into: { type: 'string', value: '<branch>', help: 'where it goes; main unless given' },
    submitter: { type: 'string', value: '<login>:<id>', help: 'who submits, as the host of the repository knows it' },
    reviewed: { type: 'boolean', help: 'a person has looked at what needs one (REVIEW_REQUIRED)' },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
  },
  run: async (values, context) => {
    const branch = values.branch ?? '';
    const into = values.into ?? 'main';
    const input = {
      url: resolveRemote(values.repo ?? '', context.cwd),
      branch,
      into,
      submitter: values.submitter === undefined ? undefined : parseAccount(values.submitter, 'merge'),
      reviewed: values.reviewed ?? false,
      store: resolveGiven(context.cwd, values.store),
      author: AUTHOR,
    };
    return toOutcome(await mergeStage(input, context), branch, into);
  },
});

function toOutcome({ findings, head, result, awaits }: MergeOutcome, branch: string, into: string): Outcome {
  const json: MergeOutput = {
    schemaVersion: 1,
    branch,
    into,
    head,
    ...result,
    findings: findings.map(toFindingDocument),
  };
  const notes = findings.length === 0 ? '' : `${presentFindings(findings)}${countFindings(findings)}\n`;
  switch (result.state) {
    case 'merged':
      return { text: `Merged ${branch} into ${into}: ${result.commit}\n`, notes, json, exitCode: 0 };
    case 'already-merged':
      return { text: `${branch} is merged into ${into} already.\n`, notes, json, exitCode: 0 };
    case 'refused': {
      const error = new ArError('MERGE_REFUSED', { branch, reason: result.reason, ...(awaits && { awaits }) });
      return { text: '', notes, json, exitCode: error.exit, error };
    }
    default:
      return assertNever(result);
  }
}
