/** Which command the words of a command line mean. A command's name is one word, or a group and a verb: `dist-tag add`. */
import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { splitCommand } from './args.ts';
import type { CommandEntry } from './commands/index.ts';

export type FoundCommand =
  /** `rest`: the words that are not its name. */
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly verbs: readonly CommandEntry[];
      readonly rest: readonly string[];
    }
  | { readonly kind: 'none'; readonly rest: readonly string[] };

/** @throws USAGE for a name that is none, with the nearest that is */
export function findCommand(words: readonly string[], commands: readonly CommandEntry[]): FoundCommand {
  const { name, rest } = splitCommand(words);
  if (name === undefined) return { kind: 'none', rest };
  const verbs = commands.filter((command) => command.name.startsWith(`${name} `));
  const entry = commands.find((command) => command.name === name);
  if (entry && (verbs.length === 0 || isPlugin(splitCommand(rest).name))) return { kind: 'command', entry, rest };
  if (verbs.length > 0) return findVerb({ name, verbs }, rest);
  const names = new Set(commands.map((command) => command.name.split(' ', 1).join()));
  throw unknown(name, { names: [...names], help: 'ar plugin --help' });
}

/** `config` is a command and a group: what is no name of a plugin was meant as a verb. */
function isPlugin(word: string | undefined): boolean {
  return word === undefined || word.startsWith('@');
}

function findVerb(
  { name, verbs }: { readonly name: string; readonly verbs: readonly CommandEntry[] },
  words: readonly string[],
): FoundCommand {
  const { name: verb, rest } = splitCommand(words);
  if (verb === undefined) return { kind: 'group', name, verbs, rest };
  const entry = verbs.find((command) => command.name === `${name} ${verb}`);
  if (entry) return { kind: 'command', entry, rest };
  throw unknown(`${name} ${verb}`, { names: verbs.map((command) => command.name), help: `ar plugin ${name} --help` });
}

function unknown(name: string, { names, help }: { readonly names: readonly string[]; readonly help: string }): ArError {
  const [near] = nearest(name, names);
  const suggestion = near === undefined ? {} : { suggestion: `\`ar plugin ${near}\`` };
  return new ArError('USAGE', { problem: `There is no command ar plugin ${name}.`, ...suggestion, help });
}
