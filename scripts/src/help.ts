import { COMMON_OPTIONS, flagOf } from './args.ts';
import type { Command, Option } from './command.ts';

/** The help of the program. */
export function programHelp(commands: readonly { readonly name: string; readonly summary: string }[]): string {
  return [
    'The pipeline of an Agent Relay plugin registry.',
    '',
    'Usage: ar-registry <command> [options]',
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'ar-registry help <command> says more about one of them, ar-registry --version which this is.',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp({ name, summary, options, examples }: Command): string {
  const placed = Object.entries(options).flatMap(([key, option]) => (option.positional ? [flagOf(key, option)] : []));
  return [
    summary,
    '',
    ['Usage: ar-registry', name, ...placed, '[options]'].join(' '),
    '',
    'Options:',
    ...columns(
      Object.entries({ ...options, ...COMMON_OPTIONS }).map(([key, option]) => [flag(key, option), told(option)]),
    ),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'Exit codes: 0 done, 1 refused or findings, 2 usage, 3 trust, 4 environment, 70 a bug, 130 interrupted.',
    '',
  ].join('\n');
}

function flag(name: string, option: Option): string {
  const { value } = option;
  if (option.positional) return flagOf(name, option);
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function told({ help, required }: Option): string {
  return required ? `${help} (required)` : help;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
