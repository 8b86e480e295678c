/** From the words of a command line to an exit code: finds the command, runs it, prints its outcome or its failure. */
import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { parseArgs, parseGlobals, splitCommand } from './args.ts';
import type { Answer } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import type { Context, World } from './context.ts';
import { findCommand, type FoundCommand } from './find-command.ts';
import type { Globals } from './globals.ts';
import type { Output } from './output.ts';
import type { Happened } from './telemetry/happened.ts';

/** What a run needs besides its words; `output` and `confirm` depend on the options, so they are made by it. */
export interface Process extends Omit<World, 'globals' | 'output' | 'confirm' | 'looksOnly' | 'freshWillDo' | 'tell'> {
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
      return printHelp(rest[0] === 'plugin' ? rest.slice(1) : rest, process);
    case 'completion':
    case 'up':
      return runPlugin(words, process);
    case '--version':
      return printVersion(process);
    case undefined:
    case '--help':
    case '-h':
      return runPlugin(['--help'], process);
    default:
      throw unknownCommand(first);
  }
}

/** `ar install` is most likely `ar plugin install`; the archiver's own words never come here. */
function unknownCommand(first: string): ArError {
  const known = COMMANDS.map(({ name }) => name.split(' ', 1).join());
  const near = known.includes(first) ? first : nearest(first, known)[0];
  const suggestion = near === undefined ? {} : { suggestion: `\`ar plugin ${near}\`` };
  return new ArError('USAGE', { problem: `There is no command ar ${first}.`, ...suggestion, help: 'ar plugin --help' });
}

/** The same as in bin/ar.js, which answers without starting any of this. */
function printVersion({ createOutput, version }: Process): number {
  createOutput(parseGlobals([], '')).result([`ar ${version} (agent-relay plugins)`]);
  return 0;
}

async function runPlugin(words: readonly string[], process: Process): Promise<number> {
  if (words[0] === '--version') return printVersion(process);
  if (splitCommand(words).name === 'help') return printHelp(splitCommand(words).rest, process);
  const found = findCommand(words, COMMANDS);
  if (found.kind === 'none') return overview(found.rest, process);
  if (found.kind === 'group') return groupHelp(found, process);
  const command = await found.entry.load();
  const { globals, input } = parseArgs(found.rest, command.help);
  const output = process.createOutput(globals);
  if (globals.help) {
    const { presentCommandHelp } = await import('./help.ts');
    output.result(presentCommandHelp(command.help, output.width));
    return 0;
  }
  const { createContext } = await import('./context.ts');
  const confirm = process.createConfirm(globals);
  const { looksOnly, freshWillDo } = command.help;
  const happened: Happened[] = [];
  const tell = (what: Happened): void => void happened.push(what);
  const context = createContext({ ...process, globals, output, confirm, looksOnly, freshWillDo, tell });
  const answer = await command.answer(input, context);
  if (answer.kind === 'streamed') return printEach(answer, globals, { output, signal: process.signal });
  await print(answer, globals, { output, env: process.env });
  if (happened.length > 0) await tellRegistries(happened, context);
  if (answer.failure && !globals.json) throw answer.failure;
  return answer.exitCode;
}

/** Once all is done and said. For those who never said that it may be told, which is most, nothing is loaded. */
async function tellRegistries(happened: readonly Happened[], context: Context): Promise<void> {
  const config = await context.userConfig();
  if (config?.telemetry !== true) return;
  const { queueEvents } = await import('./telemetry/index.ts');
  await queueEvents(happened, context);
}

/** Of a topic, of a command, or of all. @throws USAGE */
async function printHelp(words: readonly string[], process: Process): Promise<number> {
  const { name = '', rest } = splitCommand(words);
  const { TOPICS } = await import('./topics.ts');
  const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
  if (!topic) return commandHelp(words, Object.keys(TOPICS), process);
  const output = process.createOutput(parseGlobals(rest, 'ar help'));
  const { presentTopic } = await import('./help.ts');
  output.result(presentTopic(topic, output.width));
  return 0;
}

async function commandHelp(words: readonly string[], topics: readonly string[], process: Process): Promise<number> {
  const { name } = splitCommand(words);
  const isCommand = COMMANDS.some((command) => command.name.split(' ', 1)[0] === name);
  const [near] = name === undefined || isCommand ? [] : nearest(name, topics);
  if (near === undefined) return runPlugin([...words, '--help'], process);
  const problem = `There is no command and no topic ${name}.`;
  throw new ArError('USAGE', { problem, suggestion: `\`ar help ${near}\``, help: 'ar help' });
}

async function overview(words: readonly string[], process: Process): Promise<number> {
  const globals = parseGlobals(words, 'ar plugin --help');
  const { presentOverview } = await import('./help.ts');
  const output = process.createOutput(globals);
  output.result(presentOverview(COMMANDS, output.width));
  return 0;
}

/** A group without a verb does nothing: with --help it says which there are. @throws USAGE */
async function groupHelp(
  { name, verbs, rest }: Extract<FoundCommand, { kind: 'group' }>,
  process: Process,
): Promise<number> {
  const help = `ar plugin ${name} --help`;
  const globals = parseGlobals(rest, help);
  if (!globals.help) {
    const known = verbs.map((verb) => verb.name.slice(name.length + 1)).join(', ');
    throw new ArError('USAGE', { problem: `ar plugin ${name} needs one of: ${known}.`, help });
  }
  const { presentGroup } = await import('./help.ts');
  const output = process.createOutput(globals);
  output.result(presentGroup(name, verbs, output.width));
  return 0;
}

/** As they come, for as long as nobody interrupts it. @returns the exit code */
async function printEach(
  { bits, exitCode }: Extract<Answer, { kind: 'streamed' }>,
  { json }: Globals,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<number> {
  for await (const bit of bits) {
    if (json) output.jsonLine({ schemaVersion: 1, ...bit.json() });
    else output.result(bit.text());
    const drained = output.drained();
    if (drained) await orAborted(drained, signal);
    if (signal.aborted) break;
  }
  return exitCode();
}

async function orAborted(awaited: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<Event>();
  signal.addEventListener('abort', aborted.resolve, { once: true });
  await Promise.race([awaited, aborted.promise]);
  signal.removeEventListener('abort', aborted.resolve);
}

async function print(
  answer: Extract<Answer, { kind: 'whole' }>,
  { json }: Globals,
  { output, env }: { readonly output: Output; readonly env: Context['env'] },
): Promise<void> {
  if (json) {
    output.json({ schemaVersion: 1, ...answer.json() });
    return;
  }
  const page = answer.text(output.width);
  if (answer.paged && output.isTerminal) {
    const { readWithPager } = await import('./pager.ts');
    if (await readWithPager(output.render(page), env)) return;
  }
  output.result(page);
}
