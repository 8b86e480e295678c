/** Help, written from the definitions of the commands. `docs/cli.md` is generated from the same. */
import type { CommandHelp, OptionSpec, OptionSpecs, PositionalSpecs } from './command.ts';
import { GLOBAL_OPTIONS, SHORT_NAMES } from './globals.ts';
import { type Line, type Page, quiet, strong } from './present/text.ts';
import { TOPICS, type Topic } from './topics.ts';

/** `ar plugin search [text] [options]` */
export function usageOf({ name, positionals }: Pick<CommandHelp, 'name' | 'positionals'>): string {
  const words = Object.entries(positionals).map(([word, { optional, many }]) => {
    const shown = many ? `${word}...` : word;
    return optional ? `[${shown}]` : `<${shown}>`;
  });
  return ['ar plugin', name, ...words, '[options]'].join(' ');
}

/** `--type <bridge|hook>`, with its letter if it has one. */
export function optionLabel(name: string, spec: OptionSpec): string {
  const letter = SHORT_NAMES[name];
  const long = letter === undefined ? `--${name}` : `-${letter}, --${name}`;
  if (spec.type === 'boolean') return long;
  return `${long} <${spec.choices?.join('|') ?? spec.value}>`;
}

/** What help says of an option. */
export function optionSummary(spec: OptionSpec): string {
  if (spec.type === 'boolean' || spec.default === undefined) return spec.summary;
  return `${spec.summary} (default: ${spec.default})`;
}

/** Help of one command, in lines of at most `width` columns where words allow it. */
export function presentCommandHelp(command: CommandHelp, width: number): Page {
  const section = sectionOf(width);
  return [
    ...wrap(command.summary, width),
    ...(command.details ?? []).flatMap((paragraph) => ['', ...wrap(paragraph, Math.min(width, WIDEST_TEXT))]),
    '',
    [strong('Usage:'), ' ', usageOf(command)],
    ...section('Arguments', positionalRows(command.positionals)),
    ...section('Options', optionRows(command.options)),
    ...section('Global options', optionRows(GLOBAL_OPTIONS)),
    '',
    strong('Examples:'),
    ...command.examples.flatMap(({ command: words, does }): Line[] => [quiet(`  # ${does}`), `  ar plugin ${words}`]),
  ];
}

/** Help of `ar plugin`: all commands, one line each. */
export function presentOverview(commands: readonly Pick<CommandHelp, 'name' | 'summary'>[], width: number): Page {
  const section = sectionOf(width);
  return [
    'Find, install, write and publish plugins of agent-relay.',
    '',
    [strong('Usage:'), ' ar plugin <command> [options]'],
    ...section(
      'Commands',
      commands.map(({ name, summary }) => [name, summary]),
    ),
    ...section('Global options', optionRows(GLOBAL_OPTIONS)),
    ...section(
      'Topics',
      Object.entries(TOPICS).map(([name, { summary }]) => [name, summary]),
    ),
    '',
    'Help of one command: ar plugin <command> --help',
    'Help of one topic:   ar help <topic>',
  ];
}

/** Help of a topic: prose flows, columns and what is to be copied stay. */
export function presentTopic({ summary, lines }: Topic, width: number): Page {
  return [...wrap(summary, width), '', ...paragraphs(lines).flatMap((one) => fitParagraph(one, width))];
}

/** Lines of prose that follow each other are one. */
function paragraphs(lines: readonly string[]): readonly string[] {
  const all: string[] = [];
  let flows = false;
  for (const line of lines) {
    const isProse = /^\S/.test(line) && !COLUMNS.test(line);
    if (isProse && flows) all.push(`${all.pop() ?? ''} ${line}`);
    else all.push(line);
    flows = isProse;
  }
  return all;
}

const COLUMNS = /^(\S.*? {2,})(\S.*)$/;

function fitParagraph(text: string, width: number): readonly string[] {
  const [, term = '', beside = ''] = COLUMNS.exec(text) ?? [];
  if (term !== '') {
    const [first = '', ...rest] = wrap(beside, Math.max(NARROWEST_TEXT, width - term.length));
    return [`${term}${first}`, ...rest.map((line) => `${' '.repeat(term.length)}${line}`)];
  }
  return text.startsWith(' ') ? [text] : wrap(text, Math.min(width, WIDEST_TEXT));
}

/** Help of a group: its verbs, one line each. */
export function presentGroup(
  name: string,
  verbs: readonly Pick<CommandHelp, 'name' | 'summary'>[],
  width: number,
): Page {
  const words = verbs.map((verb) => verb.name.slice(name.length + 1));
  return [
    [strong('Usage:'), ` ar plugin ${name} <${words.join('|')}> [options]`],
    ...sectionOf(width)(
      'Commands',
      verbs.map((verb) => [verb.name, verb.summary]),
    ),
    '',
    `Help of one command: ar plugin ${name} ${words[0] ?? ''} --help`,
  ];
}

function positionalRows(positionals: PositionalSpecs): readonly Row[] {
  return Object.entries(positionals).map(([name, { summary }]) => [name, summary]);
}

function optionRows(options: OptionSpecs): readonly Row[] {
  return Object.entries(options).map(([name, spec]) => [optionLabel(name, spec), optionSummary(spec)]);
}

type Row = readonly [term: string, text: string];

const WIDEST_TERM = 28;
/** Longer lines of prose are hard to read. */
const WIDEST_TEXT = 100;
/** Beside terms, below which a column of text says nothing any more. */
const NARROWEST_TEXT = 20;

/** Writes terms with their texts beside them, or below where a term is long. */
function sectionOf(width: number): (title: string, rows: readonly Row[]) => Page {
  return (title, rows) => {
    if (rows.length === 0) return [];
    const column = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= WIDEST_TERM), 0);
    const lines = rows.flatMap(([term, text]) => {
      const [first = '', ...rest] = wrap(text, Math.max(NARROWEST_TEXT, width - column - 4));
      const below = rest.map((line) => `  ${' '.repeat(column)}  ${line}`);
      if (term.length <= WIDEST_TERM) return [`  ${term.padEnd(column)}  ${first}`, ...below];
      return [`  ${term}`, `  ${' '.repeat(column)}  ${first}`, ...below];
    });
    return ['', strong(`${title}:`), ...lines];
  };
}

function wrap(text: string, width: number): readonly string[] {
  if (text === '') return [''];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
