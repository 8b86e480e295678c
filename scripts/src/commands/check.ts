import { join, resolve } from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { waivedBy } from '@ar-registry/core/rules';
import { openRepository } from '@ar-registry/io/git';
import type { CheckOutput } from '@ar-registry/schemas';
import { validator as isSourceReport } from '@ar-registry/schemas/validators/source-report';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { NO_SUBMISSION, presentDecision } from '../reporters/decision.ts';
import { checkWithChange, readUntrusted, writeResultFiles, type ReadSource } from '../stages/check/index.ts';
import { SOURCE_FILE } from '../stages/source-check/index.ts';
import { touchesIndex } from '../stages/validate/index.ts';
import { openOsv } from './osv-option.ts';
import { resolveChange } from './change-options.ts';
import { resolveGiven } from './resolve-given.ts';

const SOURCE_LIMIT_BYTES = 1024 * 1024;

export const check = defineCommand({
  name: 'check',
  summary: 'Check a submission: rules, archives, scan, dependencies, secrets; write its report.',
  examples: [
    'ar-registry check --index . --base origin/main --head refs/ar/head --event "$GITHUB_EVENT_PATH" --out ./report',
    'ar-registry check --index ./index.git --base main --head publish/acme/slack/1.0.0 --submitter ada:4711 --out ./report',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository>', help: 'the repository of the index', required: true },
    base: { type: 'string', value: '<revision>', help: 'where the change would go; the event’s unless given' },
    head: { type: 'string', value: '<revision>', help: 'the change; the event’s unless given' },
    event: {
      type: 'string',
      value: '<file>',
      help: 'the event of a pull request (GITHUB_EVENT_PATH): who submits, which labels',
    },
    submitter: { type: 'string', value: '<login>:<id>', help: 'who submits, where there is no event' },
    label: {
      type: 'string',
      value: '<label,…>',
      help: 'labels, where there is no event: name-reviewed lets a similar name pass',
    },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    osv: {
      type: 'string',
      value: '<folder or address>',
      help: 'the vulnerability database; without it that check could not run',
    },
    source: { type: 'string', value: '<folder>', help: 'what `source-check` wrote' },
    out: { type: 'string', value: '<folder>', help: 'where the report goes', required: true },
    'allow-loopback': { type: 'boolean', help: 'fetch archives from this machine too' },
  },
  run: async (values, context) => {
    const { cwd, signal } = context;
    if (values.event === undefined && (values.base === undefined || values.head === undefined))
      throw usage('--base and --head are missing, or --event.', 'ar-registry check --help');
    const repository = await openRepository(resolve(cwd, values.index ?? ''), { signal });
    const change = await resolveChange(repository, { command: 'check', ...values }, cwd);
    const source = values.source === undefined ? undefined : await readSource(resolve(cwd, values.source));
    const { report, change: checked } = await checkWithChange(
      {
        repository,
        base: change.base,
        head: change.head,
        submitter: change.submitter,
        waived: waivedBy(change.labels),
        store: resolveGiven(cwd, values.store),
        source,
        allowLoopback: values['allow-loopback'],
      },
      { ...context, advisories: openOsv(values.osv, context) },
    );
    const out = resolve(cwd, values.out ?? '');
    if (!touchesIndex(checked)) return { text: NO_SUBMISSION, json: { schemaVersion: 1, out }, exitCode: 0 };
    await writeResultFiles(out, report);
    const json: CheckOutput = { schemaVersion: 1, out, report };
    return { text: presentDecision(report), json, exitCode: report.decision === 'refuse' ? 1 : 0 };
  },
});

/** What cannot be read is no reason to say nothing of the rest: where a source was to be built, it was not. */
async function readSource(folder: string): Promise<ReadSource> {
  try {
    return await readUntrusted(join(folder, SOURCE_FILE), { validate: isSourceReport, limitBytes: SOURCE_LIMIT_BYTES });
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return { problem: 'The source check left no result.' };
    if (hasCode(error, 'REPORT_NOT_BELIEVED')) return { problem: 'The result of the source check has no such form.' };
    throw error;
  }
}
