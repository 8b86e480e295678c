import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';
import type { UpCommand } from '../usage/up-command.ts';

/** What was, or would be, run. */
export type UpOutcome =
  | { readonly kind: 'planned'; readonly command: UpCommand }
  | { readonly kind: 'ended'; readonly exitCode: number };

export const up = defineCommand({
  name: 'up',
  summary: 'Start the project’s own agent-relay, with its plugins.',
  details: [
    'The same as `ar up`. Runs `agent-relay up` of the project with the plugin loader in it, in the project’s folder, and stays in the foreground: standard streams, signals and the exit code are agent-relay’s own. Stop it with Ctrl-C, or with `npx agent-relay down`.',
    'Options that are not listed here are agent-relay’s, as is all that follows `--`: `ar up -- --help` shows its own help.',
    'Needs agent-relay 1.x and @ar-registry/loader in the project. It refuses to start where a daemon of the project runs already.',
  ],
  examples: [
    { command: 'up', does: 'the daemon with its dashboard' },
    { command: 'up --no-dashboard --watch', does: 'options of agent-relay; restarted when it crashes' },
    { command: 'up --port 4000 --dry-run', does: 'print the command line, and start nothing' },
  ],
  options: { 'dry-run': { type: 'boolean', summary: 'print the command line, and start nothing' } },
  positionals: { args: { summary: 'options of agent-relay up', optional: true, many: true } },
  passesOn: true,
  async run({ values, args }, context): Promise<UpOutcome> {
    const { planUp } = await import('../usage/up-command.ts');
    const { findRelayProject } = await import('../usage/relay-project.ts');
    const dryRun = values['dry-run'];
    if (context.globals.json && !dryRun)
      throw new ArError('USAGE', {
        problem: '--json needs --dry-run: the standard output is agent-relay’s.',
        help: 'ar plugin up --help',
      });
    const project = await findRelayProject(context);
    const command = await planUp(project, args.args, context.env);
    if (dryRun) return { kind: 'planned', command };
    const { assertLoads, findRelay } = await import('../usage/relay-package.ts');
    await assertLoads(await findRelay(project.dir), context);
    const { startOnce, starterName } = await import('../usage/start-once.ts');
    const { runAttached } = await import('../usage/run-attached.ts');
    const env = { ...context.env, ...command.variables, AGENT_RELAY_PLUGIN_STARTER: starterName() };
    const exitCode = await startOnce(project, context, () => {
      context.releaseSignals();
      return runAttached({ ...command, env });
    });
    return { kind: 'ended', exitCode };
  },
});
