import { resolve } from 'node:path';
import type { LatestArtifactOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { writeOutputs } from '../github/write-outputs.ts';
import { openGitHub, parseRepository } from './github.ts';

export const latestArtifact = defineCommand({
  name: 'latest-artifact',
  summary: 'Say which run of the repository’s own workflows left the newest artifact of a name.',
  examples: [
    'ar-registry latest-artifact --repo acme/registry --name scan',
    'ar-registry latest-artifact --repo "$GITHUB_REPOSITORY" --name scan --outputs "$GITHUB_OUTPUT"',
  ],
  options: {
    repo: { type: 'string', value: '<owner>/<name>', help: 'the repository', required: true },
    name: { type: 'string', value: '<name>', help: 'of the artifact', required: true },
    branch: { type: 'string', value: '<branch>', help: 'that the run was for; main unless given' },
    outputs: { type: 'string', value: '<file>', help: 'add run-id=… to this file, for later steps of a workflow' },
  },
  run: async (values, context) => {
    const repository = openGitHub(parseRepository(values.repo ?? '', 'latest-artifact'), context, 'nothing');
    const found = await repository.latestArtifact(values.name ?? '', values.branch ?? 'main');
    if (values.outputs !== undefined)
      await writeOutputs(resolve(context.cwd, values.outputs), { 'run-id': found?.runId });
    const json: LatestArtifactOutput = { schemaVersion: 1, ...(found ? { artifact: { ...found } } : {}) };
    const text = found ? `Run ${found.runId} left it at ${found.createdAt}.\n` : 'There is none.\n';
    return { text, json, exitCode: 0 };
  },
});
