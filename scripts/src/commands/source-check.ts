import { resolve } from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import { openRepository } from '@ar-registry/io/git';
import type { SourceCheckOutput, SourceReport } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { sourceCheck as sourceCheckStage } from '../stages/source-check/index.ts';
import { readNpmRegistry } from './npm-registry.ts';
import { programEnv } from './program-env.ts';

export const sourceCheck = defineCommand({
  name: 'source-check',
  summary: 'Build the sources of a submission and compare; runs programs of strangers.',
  examples: [
    'ar-registry source-check --index . --base origin/main --head refs/ar/head --out ./source',
    'ar-registry source-check --index ./index.git --base main --head publish/acme/slack/1.0.0 --out ./source',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository>', help: 'the repository of the index', required: true },
    base: { type: 'string', value: '<revision>', help: 'where the change would go', required: true },
    head: { type: 'string', value: '<revision>', help: 'the change', required: true },
    out: { type: 'string', value: '<folder>', help: 'where source.json and the archives go', required: true },
    isolated: { type: 'boolean', help: 'run nothing where it could reach a network, or files of others' },
    'allow-local': { type: 'boolean', help: 'clone repositories of this machine too' },
  },
  run: async (values, { cwd, env, signal }) => {
    const repository = await openRepository(resolve(cwd, values.index ?? ''), { signal });
    const out = resolve(cwd, values.out ?? '');
    const report = await sourceCheckStage(
      {
        repository,
        base: values.base ?? '',
        head: values.head ?? '',
        out,
        allowLocal: values['allow-local'] ?? false,
        requireIsolation: values.isolated ?? false,
        environment: programEnv(env),
        npmRegistry: await readNpmRegistry({ env, signal }),
      },
      { signal },
    );
    const json: SourceCheckOutput = { schemaVersion: 1, out, report };
    // Red where it is no pass: merging by machine, which believes no report, sees that among the checks of the commit.
    const isPass = report.versions.every(({ result }) => result === 'pass');
    return { text: present(report), json, exitCode: isPass ? 0 : 1 };
  },
});

function present({ versions }: SourceReport): string {
  if (versions.length === 0) return 'No version of this submission names a source.\n';
  return versions.map(presentVersion).join('');
}

function presentVersion({ name, version, result, reason, reproducible, findings }: SourceReport['versions'][number]) {
  const same = reproducible === undefined ? '' : ` reproducible: ${String(reproducible)}.`;
  const lines = findings.map(({ code, detail }) => `  ${code} ${toSingleLine(detail)}\n`).join('');
  return `${result} ${name}@${version}:${same} ${toSingleLine(reason ?? '')}\n${lines}`;
}
