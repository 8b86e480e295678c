import { resolve } from 'node:path';
import { isError, toFindingDocument, type Finding } from '@ar-registry/core/findings';
import { openRepository } from '@ar-registry/io/git';
import type { ValidateOutput } from '@ar-registry/schemas';
import { defineCommand, type Context, type Outcome } from '../command.ts';
import { countFindings, presentFindings } from '../reporters/findings.ts';
import { validateChange, validateIndex } from '../stages/validate/index.ts';
import { usage } from '../args.ts';
import { parseAccount } from './accounts.ts';
import { parseIndexSource } from './index-source.ts';
import { resolveGiven } from './resolve-given.ts';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check an index, or what merging a branch would do to it.',
  examples: [
    'ar-registry validate --index ./registry-index',
    'ar-registry validate --index ./index.git --base main --head publish/ar/slack/1.0.0',
    'ar-registry validate --index . --base origin/main --head HEAD --submitter ada:4711 --json',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository>', help: 'the index', required: true },
    base: { type: 'string', value: '<revision>', help: 'where the change would go' },
    head: { type: 'string', value: '<revision>', help: 'the change: with --base only what it changes is checked' },
    submitter: { type: 'string', value: '<login>:<id>', help: 'who submits, as the host of the repository knows it' },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
  },
  run: async (values, context) => {
    const { base, head } = values;
    if (base !== undefined && head === undefined) throw usage('--base needs --head.', 'ar-registry validate --help');
    const index = values.index ?? '';
    const store = resolveGiven(context.cwd, values.store);
    if (base === undefined || head === undefined) return toOutcome(await checkWhole({ index, head, store }, context));
    const submitter = values.submitter === undefined ? undefined : parseAccount(values.submitter, 'validate');
    const repository = await openRepository(resolve(context.cwd, index), { signal: context.signal });
    const { findings } = await validateChange({ repository, base, head, submitter, store }, context);
    return toOutcome(findings);
  },
});

async function checkWhole(
  {
    index,
    head,
    store,
  }: { readonly index: string; readonly head: string | undefined; readonly store: string | undefined },
  { cwd, signal }: Context,
): Promise<readonly Finding[]> {
  const source =
    head === undefined ? await parseIndexSource(index, cwd) : { repository: resolve(cwd, index), revision: head };
  return (await validateIndex({ source, store }, { signal })).findings;
}

function toOutcome(findings: readonly Finding[]): Outcome {
  const ok = !findings.some(isError);
  const json: ValidateOutput = { schemaVersion: 1, ok, findings: findings.map(toFindingDocument) };
  return { text: `${presentFindings(findings)}${countFindings(findings)}\n`, json, exitCode: ok ? 0 : 1 };
}
