import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { labelsFor, presentMarkdown } from '@ar-registry/checks';
import { waivedBy } from '@ar-registry/core/rules';
import { openRepository } from '@ar-registry/io/git';
import type { CiOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { NO_SUBMISSION, presentDecision } from '../reporters/decision.ts';
import { ci as ciStage } from '../stages/ci/index.ts';
import { touchesIndex } from '../stages/validate/index.ts';
import { openOsv } from './osv-option.ts';
import { resolveChange } from './change-options.ts';
import { readNpmRegistry } from './npm-registry.ts';
import { programEnv } from './program-env.ts';
import { resolveGiven } from './resolve-given.ts';

export const ci = defineCommand({
  name: 'ci',
  summary: 'Do all of a pull request’s job here, and print the comment that it would post.',
  examples: [
    'ar-registry ci --pr publish/acme/slack/1.0.0 --submitter ada:4711',
    'ar-registry ci --index ./index.git --pr publish/acme/slack/1.0.0 --base main --osv https://registry.example.com',
  ],
  options: {
    pr: { type: 'string', value: '<branch>', help: 'the submission', required: true },
    base: { type: 'string', value: '<revision>', help: 'where it would go; main unless given' },
    index: {
      type: 'string',
      value: '<folder or repository>',
      help: 'the repository of the index; this folder’s unless given',
    },
    submitter: { type: 'string', value: '<login>:<id>', help: 'who submits' },
    label: { type: 'string', value: '<label,…>', help: 'labels of the pull request' },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    osv: { type: 'string', value: '<folder or address>', help: 'the vulnerability database' },
    'allow-local': { type: 'boolean', help: 'clone and fetch from this machine too' },
    unisolated: {
      type: 'boolean',
      help: 'run the programs of the source also where nothing keeps them from the network',
    },
  },
  run: async (values, context) => {
    const { cwd, env, signal } = context;
    const repository = await openRepository(resolve(cwd, values.index ?? '.'), { signal });
    const options = { ...values, command: 'ci', base: values.base ?? 'main', head: values.pr ?? '' };
    const { base, head, submitter, labels } = await resolveChange(repository, options, cwd);
    const out = await mkdtemp(join(tmpdir(), 'ar-ci-'));
    try {
      const { report, change } = await ciStage(
        {
          repository,
          base,
          head,
          submitter,
          waived: waivedBy(labels),
          store: resolveGiven(cwd, values.store),
          out,
          allowLocal: values['allow-local'] ?? false,
          requireIsolation: values.unisolated !== true,
          environment: programEnv(env),
          npmRegistry: await readNpmRegistry({ env, signal }),
        },
        { ...context, advisories: openOsv(values.osv, context) },
      );
      if (!touchesIndex(change)) return { text: NO_SUBMISSION, json: { schemaVersion: 1 }, exitCode: 0 };
      const comment = presentMarkdown(report);
      const json: CiOutput = { schemaVersion: 1, report, comment, labels: [...labelsFor(report)] };
      return { text: comment, notes: presentDecision(report), json, exitCode: report.decision === 'refuse' ? 1 : 0 };
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  },
});
