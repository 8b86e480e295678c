/** The program without the process: from arguments to an exit code. */
import { nearest, printableJson, toSingleLine, truncate } from '@ar-registry/core/text';
import { parseValues, usage } from './args.ts';
import type { Command, Context, Outcome } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { commandHelp, programHelp } from './help.ts';
import { presentError } from './reporters/error.ts';

/** What the process lends the program. */
export interface Streams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** What of a context the process has to give; the rest follows from the arguments. */
export type ProcessContext = Omit<Context, 'tell'>;

/** Runs one command line. Never throws: whatever goes wrong is told, and is in the exit code. */
export async function runProgram(args: readonly string[], process: ProcessContext, streams: Streams): Promise<number> {
  const [name = '--help', ...rest] = args;
  const json = rest.includes('--json');
  try {
    if (['--help', '-h', 'help'].includes(name)) return await printHelp(name === 'help' ? rest[0] : undefined, streams);
    const command = await load(name);
    const { values, wantsHelp } = parseValues(command, rest);
    if (wantsHelp) streams.stdout(commandHelp(command));
    if (wantsHelp) return 0;
    const tell: Context['tell'] = (text, value) => streams.stdout(json ? `${printableJson(value)}\n` : text);
    return print(await command.run(values, { ...process, tell }), { json, streams });
  } catch (error) {
    return printError(error, { args, json, streams });
  }
}

function printError(
  error: unknown,
  how: { readonly args: readonly string[]; readonly json: boolean; readonly streams: Streams },
): number {
  const [name = ''] = how.args;
  const presented = presentError(error, `running ar-registry ${toSingleLine(truncate(name, 40))}`);
  if (how.json) how.streams.stdout(`${printableJson(presented.json)}\n`);
  else how.streams.stderr(presented.text);
  if (how.args.includes('--verbose') && error instanceof Error) how.streams.stderr(`${error.stack ?? ''}\n`);
  return presented.exitCode;
}

async function load(name: string): Promise<Command> {
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader) return loader();
  const [suggestion] = nearest(name, Object.keys(COMMANDS));
  throw usage(`There is no command ${toSingleLine(truncate(name, 80))}.`, 'ar-registry --help', suggestion);
}

async function printHelp(about: string | undefined, { stdout }: Streams): Promise<number> {
  if (about === undefined) stdout(programHelp(await Promise.all(Object.values(COMMANDS).map((loader) => loader()))));
  else stdout(commandHelp(await load(about)));
  return 0;
}

function print(
  { text, notes = '', json, exitCode, error }: Outcome,
  how: { readonly json: boolean; readonly streams: Streams },
): number {
  const { stdout, stderr } = how.streams;
  if (how.json) {
    if (json) stdout(`${printableJson(json)}\n`);
  } else {
    if (notes !== '') stderr(notes);
    if (text !== '') stdout(text);
    if (error) stderr(presentError(error, 'running').text);
  }
  return exitCode;
}
