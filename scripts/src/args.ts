import { parseArgs } from 'node:util';
import { ArError } from '@ar-registry/core/errors';
import { nearest, toSingleLine, truncate } from '@ar-registry/core/text';
import type { Command, Option, Options, Values } from './command.ts';

/** Options that every command has. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', help: 'print the result as JSON' },
  verbose: { type: 'boolean', help: 'print the stack of an error' },
  help: { type: 'boolean', help: 'print this help' },
} as const satisfies Options;

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly wantsHelp: boolean;
}

/**
 * Reads the arguments of a command.
 *
 * @throws USAGE for an option that is unknown, lacks its value or has one too many, for an argument that is none, and
 *   for a required option that is missing
 */
export function parseValues<O extends Options>(command: Command<O>, args: readonly string[]): Parsed<O> {
  const options: Options = { ...command.options, ...COMMON_OPTIONS };
  const help = `ar-registry ${command.name} --help`;
  const places = Object.keys(options).filter((name) => options[name]?.positional);
  const { tokens, values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
    ),
    // What is wrong is told in our own words, below.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') placeValue(token.value, values, { places, help });
    if (token.kind === 'option') checkOption(token, options, help);
  }
  if (values['help'] !== true)
    for (const [name, option] of Object.entries(options))
      if (option.required && values[name] === undefined) throw usage(`${flagOf(name, option)} is missing.`, help);
  // Every value was checked against the option's type above.
  return { values: values as Values<O>, wantsHelp: values['help'] === true };
}

/** How an option is named to people: `--name`, or `<value>` where it is given by its place. */
export function flagOf(name: string, { positional, value = '<value>' }: Option): string {
  return positional ? value : `--${name}`;
}

function placeValue(
  value: string,
  values: Record<string, unknown>,
  { places, help }: { readonly places: readonly string[]; readonly help: string },
): void {
  const place = places.find((name) => values[name] === undefined);
  if (place === undefined || value === '') throw usage(`“${shown(value)}” is not expected.`, help);
  values[place] = value;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function checkOption({ name, rawName, value }: OptionToken, options: Options, help: string): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const [suggestion] = nearest(name, Object.keys(options));
    throw usage(
      `There is no option ${shown(rawName)}.`,
      help,
      suggestion === undefined ? undefined : `--${suggestion}`,
    );
  }
  if (option.type === 'string' && (value === undefined || value === '')) throw usage(`--${name} needs a value.`, help);
  if (option.type === 'boolean' && value !== undefined) throw usage(`--${name} takes no value.`, help);
}

/** @param help where to read on. */
export function usage(problem: string, help: string, suggestion?: string): ArError {
  return new ArError('USAGE', { problem, help, ...(suggestion === undefined ? {} : { suggestion }) });
}

function shown(text: string): string {
  return toSingleLine(truncate(text, 80));
}
