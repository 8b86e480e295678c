/** From the words of a command line to an exit code: finds the command, runs it, prints its outcome or its failure. */
import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { parseArgs, parseGlobals, splitCommand } from './args.ts';
import type { Answer, RunnableCommand } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import type { Context, World } from './context.ts';
import type { Globals } from './globals.ts';
import type { Output } from './output.ts';

/** What a run needs besides its words; `output` and `confirm` depend on the options, so they are made by it. */
export interface Process extends Omit<World, 'globals' | 'output' | 'confirm'> {
  readonly createOutput: (globals: Globals) => Output;
  readonly createConfirm: (globals: Globals) => Context['confirm'];
}

/** @param words what follows `ar` on the command line. @returns the exit code. @throws whatever a command throws */
export async function run(words: readonly string[], process: Process): Promise<number> {
  const [first, ...rest] = words;
  switch (first) {
    case 'plugin':
      return runPlugin(rest, process);
    case 'help':
      return runPlugin([...rest.filter((word) => word !== 'plugin'), '--help'], process);
    case '--version':
      return printVersion(process);
    case undefined:
    case '--help':
    case '-h':
      return runPlugin(['--help'], process);
    default:
      throw new ArError('USAGE', { problem: `There is no command ar ${first}.`, help: 'ar plugin --help' });
  }
}

/** The same as in bin/ar.js, which answers without starting any of this. */
function printVersion({ createOutput, version }: Process): number {
  createOutput(parseGlobals([], '')).result([`ar ${version} (agent-relay plugins)`]);
  return 0;
}

async function runPlugin(words: readonly string[], process: Process): Promise<number> {
  if (words[0] === '--version') return printVersion(process);
  const { name, rest } = splitCommand(words);
  if (name === undefined) return overview(rest, process);
  if (name === 'help') return runPlugin([...rest, '--help'], process);
  const command = await loadCommand(name);
  const { globals, input } = parseArgs(rest, command.help);
  const output = process.createOutput(globals);
  if (globals.help) {
    const { presentCommandHelp } = await import('./help.ts');
    output.result(presentCommandHelp(command.help));
    return 0;
  }
  const { createContext } = await import('./context.ts');
  const confirm = process.createConfirm(globals);
  const answer = await command.answer(input, createContext({ ...process, globals, output, confirm }));
  print(answer, globals, output);
  return answer.exitCode;
}

async function overview(words: readonly string[], process: Process): Promise<number> {
  const globals = parseGlobals(words, 'ar plugin --help');
  const { presentOverview } = await import('./help.ts');
  process.createOutput(globals).result(presentOverview(COMMANDS));
  return 0;
}

async function loadCommand(name: string): Promise<RunnableCommand> {
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry) return entry.load();
  const [near] = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  const suggestion = near === undefined ? {} : { suggestion: `\`ar plugin ${near}\`` };
  throw new ArError('USAGE', {
    problem: `There is no command ar plugin ${name}.`,
    ...suggestion,
    help: 'ar plugin --help',
  });
}

function print(answer: Answer, globals: Globals, output: Output): void {
  if (globals.json) output.json({ schemaVersion: 1, ...answer.json() });
  else output.result(answer.text(output.width));
}
