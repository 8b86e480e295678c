import type { ControlClient } from '@ar-registry/io/control-client';
import type { ControlPlugin } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';

/** What became of each plugin, in the order asked for. */
export interface ReloadOutcome {
  readonly plugins: readonly ControlPlugin[];
}

export const reload = defineCommand({
  name: 'reload',
  summary: 'Let the running daemon load plugins anew.',
  details: [
    'Takes what changed into service without a restart: a new version, its configuration, `enable` and `disable`, the code of a linked folder. Plugins that were installed since the daemon started are loaded. Messages wait for a policy meanwhile; all else goes on.',
    'Without names: every plugin that the daemon knows. ar.config itself is read when the daemon starts; what it says of a plugin holds until then.',
    'Exit codes: 0, all are active or disabled; 1, one failed, or no daemon answers.',
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
    const { signal, output } = context;
    const { controlPath } = await findRelayProject(context);
    const client = createControlClient({ socketPath: controlPath, timeoutMs: TIMEOUT_MS });
    const known = args.plugins.length > 0 ? args.plugins : await namesOf(client, signal);
    const plugins: ControlPlugin[] = [];
    for (const plugin of known) {
      const work = async (): Promise<ControlPlugin> => (await client.request('reload', { plugin }, signal)).plugin;
      plugins.push(await output.during(`Loading ${plugin} anew`, work));
    }
    return { plugins };
  },
});

/** Unloading and loading have limits of their own in the daemon, the longest of which a user may set. */
const TIMEOUT_MS = 120_000;

/** An entry that could not be read has no name to ask for. */
async function namesOf(client: ControlClient, signal: AbortSignal): Promise<readonly string[]> {
  const { plugins } = await client.request('status', {}, signal);
  return plugins.map(({ name }) => name).filter((name) => name.startsWith('@'));
}
