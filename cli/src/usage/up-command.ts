/** How a project's own agent-relay is started with the loader in it. */
import type { Env } from '../context.ts';
import { ownProgram } from '../own-program.ts';
import { findLoader, findRelay } from './relay-package.ts';
import type { RelayProject } from './relay-project.ts';
import type { Program } from './run-attached.ts';

export interface UpCommand extends Omit<Program, 'env'> {
  readonly relayVersion: string;
  /** What is set besides the environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * `node --import <loader>/register …/agent-relay up …`, in the project's folder.
 *
 * With --watch, agent-relay starts its daemon in a process of its own and hands no options of Node.js on: there they
 * go by the environment, and the loader takes them out again, so that agents do not inherit them.
 *
 * @throws AGENT_RELAY_MISSING, AGENT_RELAY_UNBUILT, AGENT_RELAY_UNSUPPORTED, LOADER_MISSING
 */
export async function planUp(project: RelayProject, args: readonly string[], env: Env): Promise<UpCommand> {
  const { version, script } = await findRelay(project.dir);
  const flags = [...conditions(), `--import=${findLoader(project.dir)}`];
  const isWatched = args.includes('--watch');
  return {
    relayVersion: version,
    file: ownProgram.node(),
    args: [...(isWatched ? [] : flags), script, 'up', ...args],
    cwd: project.dir,
    variables: {
      ...(isWatched && { NODE_OPTIONS: [env['NODE_OPTIONS'], ...flags].filter(Boolean).join(' ') }),
      ...(project.root !== project.dir && { AGENT_RELAY_PLUGIN_PROJECT: project.dir }),
    },
  };
}

/** A loader that was found under a condition of this process needs the same. */
function conditions(): readonly string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--conditions='));
}

/** As one would type it into a POSIX shell. */
export function shellLine({ file, args, variables }: UpCommand): string {
  const assigned = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return [...assigned, ...[file, ...args].map(quote)].join(' ');
}

/** @source POSIX.1-2024, Shell Command Language §2.2.2 */
function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
