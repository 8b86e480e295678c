import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';
import { readProjectIfAny, type Context } from '../context.ts';
import type { DaemonState } from '../usage/daemon.ts';
import type { ProgramCheck } from '../usage/check-programs.ts';
import type { PluginState } from '../usage/plugin-state.ts';

/** How the plugins of a project are. */
export interface HealthOutcome {
  readonly daemon: DaemonState;
  readonly plugins: readonly PluginState[];
  /** What was looked at besides, where there is no daemon to ask. */
  readonly checks: readonly ProgramCheck[];
}

/** What the loader has counted and measured, as Prometheus reads it. */
export interface MetricsOutcome {
  readonly metrics: string;
}

export const health = defineCommand({
  name: 'health',
  summary: 'Ask the running daemon how its plugins are.',
  details: [
    'Asks over the loader’s control socket: what each plugin says of itself, restarts after crashes, how long it took to load and runs, and the memory of those in a process of their own.',
    'Where no daemon answers, it says why (stopped, killed, hung, started without plugins) and checks what can be checked without one: installed and unchanged files, configuration and environment, agent-relay, the loader and Node.js.',
    'With --prometheus it prints the metrics of the loader and its plugins as Prometheus reads them, and nothing else: for a file that node_exporter collects, or a script. Where no daemon answers it prints none, and ends with 4.',
    'Exit codes: 0, the daemon answered and no plugin is unhealthy or failed (degraded and disabled ones are fine); 1, a plugin is unhealthy, failed or not loaded, or something that was checked is wrong; 4, no daemon answers, and nothing else is wrong.',
  ],
  examples: [
    { command: 'health', does: 'all plugins of the project' },
    { command: 'health @ar/slack-bridge --timeout 2', does: 'one plugin; waits two seconds for the daemon' },
    { command: 'health --json', does: 'the same for a script' },
    { command: 'health --prometheus', does: 'metrics, for node_exporter’s textfile collector' },
  ],
  options: {
    timeout: { type: 'string', value: 'SECONDS', default: '10', summary: 'how long the daemon may take to answer' },
    prometheus: { type: 'boolean', summary: 'print the metrics of all plugins, as Prometheus reads them' },
  },
  positionals: { plugins: { summary: 'names of plugins; all if left out', optional: true, many: true } },
  async run({ values, args }, context): Promise<HealthOutcome | MetricsOutcome> {
    if (values.prometheus) assertAlone(args.plugins, context);
    const { askDaemon, askMetrics } = await import('../usage/daemon.ts');
    const { findRelayProject } = await import('../usage/relay-project.ts');
    const relay = await findRelayProject(context);
    const options = { timeoutMs: readTimeout(values.timeout), signal: context.signal };
    if (values.prometheus) return { metrics: await askMetrics(relay, options) };
    const daemon = await context.output.during('Asking the daemon', () => askDaemon(relay, options));
    if (daemon.state !== 'running') return checkWithout(daemon, args.plugins, context);
    const { reportedState } = await import('../usage/plugin-state.ts');
    const loaded = daemon.plugins.map(reportedState);
    if (args.plugins.length === 0) return { daemon, plugins: loaded, checks: [] };
    const plugins = await Promise.all(
      args.plugins.map(async (name) => loaded.find((one) => one.name === name) ?? notLoaded(name, context)),
    );
    return { daemon, plugins, checks: [] };
  },
});

/** It is one format, of all plugins. @throws USAGE */
function assertAlone(plugins: readonly string[], { globals }: Context): void {
  if (plugins.length === 0 && !globals.json) return;
  const problem = `--prometheus prints all metrics as Prometheus reads them: ${globals.json ? '--json' : 'the name of a plugin'} says something else.`;
  throw new ArError('USAGE', { problem, help: 'ar plugin health --help' });
}

/** @throws USAGE */
function readTimeout(text: string): number {
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds * 1000;
  const problem = `--timeout cannot be ${text}; it is a number of seconds.`;
  throw new ArError('USAGE', { problem, help: 'ar plugin health --help' });
}

/** @throws NOT_INSTALLED */
async function notLoaded(plugin: string, context: Context): Promise<PluginState> {
  const project = await readProjectIfAny(await context.projectDir(), context.dataDir);
  if (!project || !Object.hasOwn(project.wanted.plugins, plugin))
    throw new ArError('NOT_INSTALLED', { plugin, suggestions: [] });
  return { name: plugin, state: 'not-loaded', problems: [new ArError('PLUGIN_NOT_LOADED', { plugin })] };
}

async function checkWithout(daemon: DaemonState, asked: readonly string[], context: Context): Promise<HealthOutcome> {
  const { checkPlugins } = await import('../usage/check-plugins.ts');
  const { checkPrograms } = await import('../usage/check-programs.ts');
  const dir = await context.projectDir();
  const project = await readProjectIfAny(dir, context.dataDir);
  if (!project && asked[0] !== undefined) throw new ArError('NOT_INSTALLED', { plugin: asked[0], suggestions: [] });
  const [plugins, checks] = await Promise.all([
    project ? checkPlugins(project, asked, context) : [],
    checkPrograms(dir),
  ]);
  return { daemon, plugins, checks };
}
