import { ArError } from '@ar-registry/core/errors';
import { defineCommand, type Stream } from '../command.ts';
import type { LogRecord } from '@ar-registry/io/log-files';

const DEFAULT_LINES = 100;
const HELP = 'ar plugin logs --help';

export const logs = defineCommand({
  name: 'logs',
  summary: 'Show what plugins wrote to their logs.',
  details: [
    'Reads the files that the loader writes, so it works with the daemon stopped. Without a name: of all plugins and of the loader itself, joined by time. `loader` alone names the loader’s log.',
    'Shows the last 100 lines, or all since --since. With --follow it waits for more, also while files are rotated or the daemon is started again, until Ctrl-C (exit code 130).',
    'A line that was not written by the loader has no time and no level; it is shown as it is, whatever --level says.',
    'Under --json each line of the output is one JSON object.',
  ],
  examples: [
    { command: 'logs @ar/slack-bridge', does: 'the last 100 lines of one plugin' },
    { command: 'logs -f', does: 'of all plugins, and whatever comes' },
    { command: 'logs --since 2h --level warn', does: 'warnings and errors of the last two hours' },
    { command: 'logs @ar/slack-bridge --lines all --json', does: 'everything, one JSON object a line' },
  ],
  options: {
    follow: { type: 'boolean', summary: 'wait for more, until Ctrl-C' },
    since: { type: 'string', value: 'TIME', summary: 'none before: 10m, 2h, 1d, 2026-03-01, 2026-03-01T09:30' },
    level: {
      type: 'string',
      value: 'LEVEL',
      choices: ['debug', 'info', 'warn', 'error'],
      summary: 'this level and above',
    },
    lines: { type: 'string', value: 'N', summary: 'how many of the last lines: a number, or all' },
  },
  positionals: { plugin: { summary: 'name of a plugin, or loader; all if left out', optional: true } },
  async run({ values, args }, context): Promise<Stream<LogRecord>> {
    const { readLogs } = await import('@ar-registry/io/log-files');
    const { findRelayProject } = await import('../usage/relay-project.ts');
    const { allLogs, oneLog } = await import('../usage/log-sources.ts');
    const { signal, output, now } = context;
    const sinceMs = await readSince(values.since, now());
    const lines = readLines(values.lines, values.since === undefined ? DEFAULT_LINES : undefined);
    const { logsDir } = await findRelayProject(context);
    const one = args.plugin === undefined ? undefined : await oneLog(args.plugin, logsDir, context);
    const sources = one ? async () => [one] : () => allLogs(logsDir);
    const onLost = ({ name }: { readonly name: string }): void =>
      output.warn(`Lines of ${name} are missing: it wrote faster than it could be followed.`);
    const { follow, level } = values;
    const written = (await allLogs(logsDir)).filter(({ name }) => one === undefined || name === one.name);
    if (!follow && written.length === 0) output.note(`No log has been written ${whose(one)} yet.`);
    return {
      items: readLogs({ dir: logsDir, sources, lines, sinceMs, level, follow, onLost, signal }),
      exitCode: () => (signal.aborted ? 130 : 0),
    };
  },
});

function whose(one: { readonly name: string } | undefined): string {
  return one ? `by ${one.name}` : 'for this project';
}

/** @throws USAGE */
async function readSince(text: string | undefined, now: Date): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const { parseSince } = await import('@ar-registry/core/log');
  const sinceMs = parseSince(text, now.getTime());
  if (sinceMs !== undefined) return sinceMs;
  throw new ArError('USAGE', { problem: `--since cannot be ${text}; it is a duration (10m) or a time.`, help: HELP });
}

/** @throws USAGE */
function readLines(text: string | undefined, otherwise: number | undefined): number | undefined {
  if (text === undefined) return otherwise;
  if (text === 'all') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ArError('USAGE', { problem: `--lines cannot be ${text}; it is a number, or all.`, help: HELP });
}
