import { join, resolve } from 'node:path';
import { INDEX_FOLDER } from '@ar-registry/core/layout';
import type { ReportOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { REPORT_FILE } from '../stages/check/index.ts';
import { tellReport } from '../stages/report/index.ts';
import { openGitHub, parseRepository } from './github.ts';

export const report = defineCommand({
  name: 'report',
  summary: 'Post what `check` found on its pull request: one comment, and labels. Needs GITHUB_TOKEN.',
  examples: ['ar-registry report --from ./report --repo acme/registry --head "$HEAD_SHA"'],
  options: {
    from: {
      type: 'string',
      value: '<folder>',
      help: 'what `check` wrote, from wherever: it is not trusted',
      required: true,
    },
    repo: { type: 'string', value: '<owner>/<name>', help: 'the repository of the index', required: true },
    head: { type: 'string', value: '<commit>', help: 'the commit that was checked, as GitHub says', required: true },
    'index-folder': {
      type: 'string',
      value: '<folder>',
      help: `where the index lies in it; ${INDEX_FOLDER} unless given, . for its top`,
    },
  },
  run: async (values, context) => {
    const { head = '' } = values;
    if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(head))
      throw usage('--head is not the full id of a commit.', 'ar-registry report --help');
    const folder = values['index-folder'] ?? INDEX_FOLDER;
    const prefix = folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`;
    const repository = openGitHub(parseRepository(values.repo ?? '', 'report'), context, 'token');
    const file = join(resolve(context.cwd, values.from ?? ''), REPORT_FILE);
    const outcome = await tellReport({ file, head, prefix }, repository);
    const json: ReportOutput = { schemaVersion: 1, ...outcome };
    return { text: textOf(outcome), json, exitCode: 0 };
  },
});

function textOf({ pull, believed, reason, labels }: Omit<ReportOutput, 'schemaVersion'>): string {
  if (pull === undefined) return `${reason ?? ''}\n`;
  const told = `Pull request ${pull} is labelled ${labels.join(', ')}.\n`;
  return believed ? told : `The report is not believed: ${reason ?? ''}\n${told}`;
}
