import { resolve } from 'node:path';
import { openRepository } from '@ar-registry/io/git';
import type { ChangesOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { writeOutputs } from '../github/write-outputs.ts';
import { changedParts } from '../stages/changes/index.ts';

export const changes = defineCommand({
  name: 'changes',
  summary: 'Say whether a change is about the index, about the tools beside it, or about both.',
  examples: [
    'ar-registry changes --index . --base origin/main --head HEAD',
    'ar-registry changes --index . --base "$BASE" --head HEAD --outputs "$GITHUB_OUTPUT"',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository>', help: 'the repository of the index', required: true },
    base: { type: 'string', value: '<revision>', help: 'what it is compared with', required: true },
    head: { type: 'string', value: '<revision>', help: 'the change', required: true },
    outputs: {
      type: 'string',
      value: '<file>',
      help: 'add index=… and tools=… to this file, for later steps of a workflow',
    },
  },
  run: async (values, { cwd, signal }) => {
    const repository = await openRepository(resolve(cwd, values.index ?? ''), { signal });
    const parts = await changedParts(repository, { base: values.base ?? '', head: values.head ?? '' });
    if (values.outputs !== undefined) await writeOutputs(resolve(cwd, values.outputs), { ...parts });
    const json: ChangesOutput = { schemaVersion: 1, ...parts };
    const named = [...(parts.index ? ['the index'] : []), ...(parts.tools ? ['the tools'] : [])];
    return { text: `It changes ${named.join(' and ') || 'nothing'}.\n`, json, exitCode: 0 };
  },
});
