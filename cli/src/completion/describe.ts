/** What of the commands a shell completes: from their definitions, so that it cannot differ from what they take. */
import type { CommandHelp, OptionSpecs } from '../command.ts';
import { GLOBAL_OPTIONS } from '../globals.ts';
import type { CommandEntry } from '../commands/index.ts';

export interface CompletedOption {
  /** With its dashes. */
  readonly flag: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What follows the options. */
export type Arguments = 'files' | 'installed' | 'shells' | 'nothing';

export interface CompletedCommand {
  /** One word, or a group and a verb. */
  readonly path: string;
  readonly summary: string;
  /** Its own and the global ones. */
  readonly options: readonly CompletedOption[];
  readonly takes: Arguments;
}

export interface CompletedProgram {
  readonly commands: readonly CompletedCommand[];
  /** First words, each once, with a summary: commands, and groups of them. */
  readonly words: readonly (readonly [word: string, summary: string])[];
  /** Group → its verbs. */
  readonly groups: ReadonlyMap<string, readonly (readonly [verb: string, summary: string])[]>;
  /** Global options with a value: the word after them is no command. */
  readonly valued: readonly string[];
  readonly topics: readonly string[];
}

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

export async function describeCommands(
  entries: readonly CommandEntry[],
  topics: readonly string[],
): Promise<CompletedProgram> {
  const helps = await Promise.all(entries.map(async (entry) => (await entry.load()).help));
  const groups = new Map<string, (readonly [string, string])[]>();
  const words = new Map<string, string>();
  for (const { name, summary } of helps) {
    const [first = '', verb] = name.split(' ');
    if (verb === undefined) words.set(first, summary);
    else {
      if (!words.has(first)) words.set(first, `Commands for ${first}.`);
      groups.set(first, [...(groups.get(first) ?? []), [verb, summary]]);
    }
  }
  return {
    commands: helps.map(describeCommand),
    words: [...words],
    groups,
    valued: describeOptions(GLOBAL_OPTIONS)
      .filter(({ takesValue }) => takesValue)
      .map(({ flag }) => flag),
    topics,
  };
}

function describeCommand({ name, summary, options, positionals, passesOn }: CommandHelp): CompletedCommand {
  const all = describeOptions({ ...options, ...GLOBAL_OPTIONS });
  return {
    path: name,
    summary,
    options: all,
    takes: passesOn ? 'nothing' : argumentsOf(Object.keys(positionals), name),
  };
}

function argumentsOf(positionals: readonly string[], name: string): Arguments {
  if (positionals.includes('shell')) return 'shells';
  if (positionals.length === 0 || name === 'search') return 'nothing';
  const isPlugin = positionals.some((positional) => positional === 'plugin' || positional === 'plugins');
  return isPlugin && name !== 'install' ? 'installed' : 'files';
}

function describeOptions(options: OptionSpecs): readonly CompletedOption[] {
  return Object.entries(options).map(([name, spec]) => ({
    flag: `--${name}`,
    summary: spec.summary,
    takesValue: spec.type === 'string',
    choices: spec.type === 'string' ? (spec.choices ?? []) : [],
  }));
}
