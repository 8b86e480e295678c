import { hasCode, isArError } from '@ar-registry/core/errors';
import type { ControlClient } from '@ar-registry/io/control-client';
import type { ControlPlugin } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { readProjectIfAny, type Context } from '../context.ts';

/** What became of each plugin, in the order asked for. */
export interface ReloadOutcome {
  readonly plugins: readonly Reloaded[];
}

export interface Reloaded extends Pick<ControlPlugin, 'name' | 'version' | 'type'> {
  /** `unknown`: there is no such plugin. `untouched`: none was loaded anew, for another is unknown, or the daemon is gone. */
  readonly state: 'active' | 'failed' | 'disabled' | 'unknown' | 'untouched';
  readonly problems: readonly NonNullable<ControlPlugin['error']>[];
}

export const reload = defineCommand({
  name: 'reload',
  summary: 'Let the running daemon load plugins anew.',
  details: [
    'Takes what changed into service without a restart: a new version, its configuration, `enable` and `disable`, the code of a linked folder. Plugins that were installed since the daemon started are loaded. Messages wait for a policy meanwhile; all else goes on.',
    'Without names: every plugin that the daemon knows. ar.config itself is read when the daemon starts; what it says of a plugin holds until then.',
    'What became of each is told: one that fails does not keep the others from being loaded, but where a name is unknown, none is.',
    'Exit codes: 0, all are active or disabled; 1, one failed or is unknown, or no daemon answers; 4, the daemon stopped answering.',
  ],
  examples: [
    { command: 'reload @ar/slack-bridge', does: 'after `ar plugin config set`, `update`, `enable` or `disable`' },
    { command: 'reload', does: 'all plugins, one after the other' },
  ],
  options: {},
  positionals: { plugins: { summary: 'names of plugins; all if left out', optional: true, many: true } },
  async run({ args }, context): Promise<ReloadOutcome> {
    const { createControlClient } = await import('@ar-registry/io/control-client');
    const { findRelayProject } = await import('../usage/relay-project.ts');
    const { controlPath } = await findRelayProject(context);
    const client = createControlClient({ socketPath: controlPath, timeoutMs: TIMEOUT_MS });
    const loaded = await namesOf(client, context.signal);
    if (args.plugins.length === 0) return { plugins: await reloadEach(loaded, client, context) };
    const names = [...new Set(args.plugins)];
    const unknown = await findUnknown(names, loaded, context);
    if (unknown.size > 0) return { plugins: names.map((name) => unknown.get(name) ?? untouched(name)) };
    return { plugins: await reloadEach(names, client, context) };
  },
});

/** Unloading and loading have limits of their own in the daemon, the longest of which a user may set. */
const TIMEOUT_MS = 120_000;

/** An entry that could not be read has no name to ask for. */
async function namesOf(client: ControlClient, signal: AbortSignal): Promise<readonly string[]> {
  const { plugins } = await client.request('status', {}, signal);
  return plugins.map(({ name }) => name).filter((name) => name.startsWith('@'));
}

/** Names that neither the daemon knows nor the project: one that was installed since the daemon started is loaded. */
async function findUnknown(
  names: readonly string[],
  loaded: readonly string[],
  context: Context,
): Promise<ReadonlyMap<string, Reloaded>> {
  if (names.every((name) => loaded.includes(name))) return new Map();
  const project = await readProjectIfAny(await context.projectDir(), context.dataDir);
  const known = [...new Set([...loaded, ...Object.keys(project?.wanted.plugins ?? {})])].toSorted();
  const { ArError } = await import('@ar-registry/core/errors');
  const { nearest } = await import('@ar-registry/core/text');
  const unknown = names.filter((name) => !known.includes(name));
  return new Map(
    unknown.map((name) => {
      const problem = new ArError('NOT_INSTALLED', { plugin: name, suggestions: nearest(name, known, 3) });
      return [name, { name, state: 'unknown', problems: [problem] }];
    }),
  );
}

async function reloadEach(
  names: readonly string[],
  client: ControlClient,
  { signal, output }: Pick<Context, 'signal' | 'output'>,
): Promise<readonly Reloaded[]> {
  const plugins: Reloaded[] = [];
  let isGone = false;
  for (const name of names) {
    if (isGone) {
      plugins.push(untouched(name));
      continue;
    }
    try {
      const work = async (): Promise<ControlPlugin> =>
        (await client.request('reload', { plugin: name }, signal)).plugin;
      plugins.push(describe(await output.during(`Loading ${name} anew`, work)));
    } catch (error) {
      if (!isArError(error) || error.code === 'ABORTED') throw error;
      // Whoever does not answer would not answer for the next one either.
      isGone = error.code !== 'CONTROL_REFUSED';
      plugins.push({ name, state: 'failed', problems: [hasCode(error, 'CONTROL_REFUSED') ? error.facts : error] });
    }
  }
  return plugins;
}

const STATES = { active: 'active', error: 'failed', disabled: 'disabled' } as const;

function describe({ status, error, ...facts }: ControlPlugin): Reloaded {
  return { ...facts, state: STATES[status], problems: error ? [error] : [] };
}

function untouched(name: string): Reloaded {
  return { name, state: 'untouched', problems: [] };
}
