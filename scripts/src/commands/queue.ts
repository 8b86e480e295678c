import { resolve } from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import type { QueueDocument, QueueOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand, type Context } from '../command.ts';
import { writeQueue, type QueueSource } from '../stages/queue/index.ts';
import { openGitHub, parseRepository } from './github.ts';
import { resolveGiven, resolveRemote } from './resolve-given.ts';

export const queue = defineCommand({
  name: 'queue',
  summary: 'Write what waits to be merged, and for whom, into a built registry.',
  examples: [
    'ar-registry queue --site ./build/registry --repo acme/registry',
    'ar-registry queue --site /srv/registry --branches-of ./index.git',
  ],
  options: {
    site: { type: 'string', value: '<folder>', help: 'what build wrote', required: true },
    repo: { type: 'string', value: '<owner>/<name>', help: 'the repository of the index at GitHub: its pull requests' },
    'branches-of': {
      type: 'string',
      value: '<address or path>',
      help: 'the repository of the index elsewhere: its branches publish/… and status/…',
    },
    into: { type: 'string', value: '<branch>', help: 'with --branches-of: where they go; main unless given' },
    store: { type: 'string', value: '<folder>', help: 'with --branches-of: the archives, as for merge' },
  },
  run: async (values, context) => {
    const written = await writeQueue(resolve(context.cwd, values.site ?? ''), toSource(values, context), context);
    const json: QueueOutput = { schemaVersion: 1, ...written };
    return { text: present(written.queue), json, exitCode: 0 };
  },
});

interface Given {
  readonly repo?: string;
  readonly 'branches-of'?: string;
  readonly into?: string;
  readonly store?: string;
}

function toSource({ repo, into, store, 'branches-of': url }: Given, context: Context): QueueSource {
  if ((repo === undefined) === (url === undefined))
    throw usage('Either --repo or --branches-of is to be given.', 'ar-registry queue --help');
  if (url === undefined) {
    if (into !== undefined || store !== undefined)
      throw usage('--into and --store are for --branches-of.', 'ar-registry queue --help');
    return { kind: 'github', repository: openGitHub(parseRepository(repo ?? '', 'queue'), context, 'nothing') };
  }
  return {
    kind: 'git',
    url: resolveRemote(url, context.cwd),
    into: into ?? 'main',
    store: resolveGiven(context.cwd, store),
  };
}

function present({ submissions, total }: QueueDocument): string {
  if (total === 0) return 'Nothing waits.\n';
  const lines = submissions.map(({ name, waitsFor, reasons, since }) =>
    toSingleLine(`${since.slice(0, 10)} ${waitsFor.padEnd(10)} ${name} ${reasons.join(' ')}`).trimEnd(),
  );
  const more = total - submissions.length;
  return `${lines.join('\n')}\n${more > 0 ? `… and ${more} more\n` : ''}`;
}
