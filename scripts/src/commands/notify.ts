import path from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import type { NotifyOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { notify as runNotify } from '../stages/notify/index.ts';
import { parseIndexSource } from './index-source.ts';

export const notify = defineCommand({
  name: 'notify',
  summary: 'Tell the webhooks of registry.yaml what happened since the last run.',
  examples: [
    'ar-registry notify --index ./registry-index --state /var/lib/registry/notify',
    'ar-registry notify --index ./registry-index --state ./notify --retry-dead',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    state: { type: 'string', value: '<folder>', help: 'what is remembered from run to run', required: true },
    'base-url': { type: 'string', value: '<url>', help: 'where the registry is served, if registry.yaml does not say' },
    'from-start': {
      type: 'boolean',
      help: 'the first time, tell everything there is, and not only what is new from then on',
    },
    'retry-dead': { type: 'boolean', help: 'try again what was given up' },
    'allow-private': { type: 'boolean', help: 'subscribers may be in a private network, also without TLS' },
  },
  run: async (values, { cwd, env, clock, signal }) => {
    const source = await parseIndexSource(values.index ?? '', cwd);
    const outcome = await runNotify(
      {
        source,
        state: path.resolve(cwd, values.state ?? ''),
        baseUrl: values['base-url'],
        fromStart: values['from-start'] ?? false,
        retryDead: values['retry-dead'] ?? false,
      },
      {
        env,
        signal,
        now: () => new Date(clock.nowMs()),
        allowPrivate: values['allow-private'] ?? false,
        retryDelaysMs: RETRY_DELAYS_MS,
      },
    );
    const { ok, firstRun, events, sent, waiting, dead } = outcome;
    const json: NotifyOutput = { schemaVersion: 1, ...outcome };
    const notes = [
      ...waiting.map(({ subscriber, id, problem }) => `waits for the next run: ${subscriber} ${id}: ${problem}`),
      ...dead.map(({ subscriber, id, problem }) => `given up: ${subscriber} ${id}: ${problem}`),
    ];
    const first = firstRun && values['from-start'] !== true ? 'The first run: what there is counts as told. ' : '';
    const text = `${first}${events} new, ${sent} sent, ${waiting.length} waiting, ${dead.length} given up\n`;
    return { text, notes: notes.map((line) => `${toSingleLine(line)}\n`).join(''), json, exitCode: ok ? 0 : 1 };
  },
});

/** The next run goes on from there. */
const RETRY_DELAYS_MS = [2000, 10_000];
