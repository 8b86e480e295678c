/** From the words of a command line to a command's typed input. Every mistake is a `USAGE` error that says how to mend it. */
import { parseArgs as tokenize } from 'node:util';
import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import type { CommandHelp, Input, OptionSpec, OptionSpecs, PositionalSpecs } from './command.ts';
import { GLOBAL_OPTIONS, type Globals, SHORT_NAMES } from './globals.ts';

/** What was typed for one command. */
export interface ParsedArgs {
  readonly globals: Globals;
  readonly input: Input<OptionSpecs, PositionalSpecs>;
}

type Values = Record<string, boolean | string | string[] | undefined>;

interface Words {
  readonly values: Values;
  readonly positionals: readonly string[];
}

/**
 * Parses what follows the name of a command.
 *
 * Missing or surplus positionals are no error while help is asked for.
 *
 * @throws USAGE
 */
export function parseArgs(words: readonly string[], command: CommandHelp): ParsedArgs {
  const usage = { help: `ar plugin ${command.name} --help` };
  const specs = { ...command.options, ...GLOBAL_OPTIONS };
  const { own, passed } = command.passesOn ? splitPassed(words, specs) : { own: words, passed: [] };
  const parsed = parseWords(own, specs, usage.help);
  const { values } = parsed;
  const positionals = [...parsed.positionals, ...passed];
  const globals = pickGlobals(values, usage.help);
  const args = globals.help ? {} : assignPositionals(positionals, command.positionals, usage.help);
  if (!globals.help) checkRequired(values, command.options, usage.help);
  // Each value was set from its own definition, so together they have the shape that the command's types say.
  return { globals, input: { values, args } as Input<OptionSpecs, PositionalSpecs> };
}

/** The words split at the name of the command, wherever between the global options it stands. */
export interface CommandWords {
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Finds the command's name: the first word that is neither an option nor the value of a global one. */
export function splitCommand(words: readonly string[]): CommandWords {
  const [name, ...rest] = words;
  // Nearly always; to load and ask what knows better takes half a millisecond.
  if (name !== undefined && !name.startsWith('-')) return { name, rest };
  if (words.every((word) => /^-./.test(word) && word !== '--')) return { name: undefined, rest: words };
  const { tokens } = tokenize({ args: [...words], options: tokenOptions(GLOBAL_OPTIONS), strict: false, tokens: true });
  const first = tokens.find(({ kind }) => kind === 'positional');
  if (first?.kind !== 'positional') return { name: undefined, rest: words };
  return { name: first.value, rest: words.toSpliced(first.index, 1) };
}

/** Global options alone, where no command was named. @throws USAGE */
export function parseGlobals(words: readonly string[], help: string): Globals {
  return pickGlobals(parseWords(words, GLOBAL_OPTIONS, help).values, help);
}

function parseWords(words: readonly string[], specs: OptionSpecs, help: string): Words {
  const options = tokenOptions(specs);
  const { tokens } = tokenize({ args: [...words], options, strict: false, tokens: true, allowPositionals: true });
  const values: Values = initialValues(specs);
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (!spec) throw unknownOption(token.rawName, specs, help);
    setValue(values, { name: token.name, value: token.value, inline: token.inlineValue === true }, { spec, help });
  }
  return { values, positionals };
}

interface SplitWords {
  readonly own: readonly string[];
  readonly passed: readonly string[];
}

/** What is an option of ours, with its value, is ours; all else, and all that follows `--`, is another program's. */
function splitPassed(words: readonly string[], specs: OptionSpecs): SplitWords {
  const options = tokenOptions(specs);
  const { tokens } = tokenize({ args: [...words], options, strict: false, tokens: true, allowPositionals: true });
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? words.length;
  const own = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !Object.hasOwn(specs, token.name)) continue;
    own.add(token.index);
    if (token.value !== undefined && !token.inlineValue) own.add(token.index + 1);
  }
  return {
    own: words.filter((_, index) => own.has(index)),
    passed: words.filter((_, index) => !own.has(index) && index !== end),
  };
}

function tokenOptions(specs: OptionSpecs): Record<string, { type: 'boolean' | 'string'; short?: string }> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => {
      const short = SHORT_NAMES[name];
      return [name, short === undefined ? { type } : { type, short }];
    }),
  );
}

function initialValues(specs: OptionSpecs): Values {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      if (spec.type === 'boolean') return [name, false];
      return [name, spec.multiple ? [] : spec.default];
    }),
  );
}

interface Given {
  readonly name: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

function setValue(values: Values, given: Given, { spec, help }: { spec: OptionSpec; help: string }): void {
  const { name } = given;
  if (spec.type === 'boolean') {
    if (given.inline) throw new ArError('USAGE', { problem: `--${name} takes no value.`, help });
    values[name] = true;
    return;
  }
  const value = valueOf(given, help);
  if (spec.choices && !spec.choices.includes(value)) throw notAChoice(name, { value, choices: spec.choices, help });
  const earlier = values[name];
  values[name] = Array.isArray(earlier) ? [...earlier, value] : value;
}

function valueOf({ name, value, inline }: Given, help: string): string {
  if (value === undefined || value === '') throw new ArError('USAGE', { problem: `--${name} needs a value.`, help });
  if (inline || !/^-./.test(value)) return value;
  // `--name --json` is far more likely a forgotten value than a value that starts with a dash.
  const suggestion = `\`--${name}=${value}\``;
  throw new ArError('USAGE', { problem: `--${name} needs a value; ${value} looks like an option.`, suggestion, help });
}

function notAChoice(
  name: string,
  { value, choices, help }: { value: string; choices: readonly string[]; help: string },
): ArError {
  const [near] = nearest(value, choices);
  const problem = `--${name} cannot be ${value}; it is one of ${choices.join(', ')}.`;
  return new ArError('USAGE', {
    problem,
    help,
    ...(near === undefined ? {} : { suggestion: `\`--${name} ${near}\`` }),
  });
}

function unknownOption(raw: string, specs: OptionSpecs, help: string): ArError {
  const [near] = nearest(raw.replace(/^-+/, ''), Object.keys(specs));
  const suggestion = near === undefined ? {} : { suggestion: `\`--${near}\`` };
  return new ArError('USAGE', { problem: `There is no option ${raw}.`, ...suggestion, help });
}

function assignPositionals(
  given: readonly string[],
  specs: PositionalSpecs,
  help: string,
): Record<string, string | readonly string[] | undefined> {
  const args: Record<string, string | readonly string[] | undefined> = {};
  let taken = 0;
  for (const [name, spec] of Object.entries(specs)) {
    const own = given.slice(taken, spec.many ? undefined : taken + 1);
    if (own.length === 0 && !spec.optional) throw new ArError('USAGE', { problem: `<${name}> is missing.`, help });
    args[name] = spec.many ? own : own[0];
    taken += own.length;
  }
  const surplus = given[taken];
  if (surplus !== undefined)
    throw new ArError('USAGE', { problem: `There is one argument too many: ${surplus}.`, help });
  return args;
}

function checkRequired(values: Values, specs: OptionSpecs, help: string): void {
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type === 'boolean' || !spec.required || values[name] !== undefined) continue;
    const choices = spec.choices === undefined ? '' : `: one of ${spec.choices.join(', ')}`;
    throw new ArError('USAGE', { problem: `--${name} is missing${choices}.`, help });
  }
}

function pickGlobals(values: Values, help: string): Globals {
  if (values['global'] === true && values['project'] !== undefined)
    throw new ArError('USAGE', { problem: '--global and --project name two projects.', help });
  const known = Object.keys(GLOBAL_OPTIONS).map((name) => [name, values[name]]);
  return Object.fromEntries(known) as Globals;
}
