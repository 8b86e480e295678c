/**
 * What a command is: its definition, from which arguments are parsed and help is written, and what it does.
 *
 * A command parses nothing, prints nothing and ends nothing. It returns an outcome, and a presenter turns that into
 * text for people or a document for programs.
 */
import type { ArError } from '@ar-registry/core/errors';
import type { Context } from './context.ts';
import type { Page } from './present/text.ts';

interface FlagSpec {
  readonly type: 'boolean';
  readonly summary: string;
}

interface ValueSpec {
  readonly type: 'string';
  readonly summary: string;
  /** How help names the value: `URL`. */
  readonly value: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly required?: true;
  /** May be given several times. */
  readonly multiple?: true;
}

export type OptionSpec = FlagSpec | ValueSpec;
/** By long name, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface PositionalSpec {
  readonly summary: string;
  readonly optional?: true;
  /** Takes all that are left; only for the last one. */
  readonly many?: true;
}
/** In the order in which they are given. */
export type PositionalSpecs = Readonly<Record<string, PositionalSpec>>;

type Text<Spec> = Spec extends { choices: readonly (infer Choice)[] } ? Choice : string;

type OptionValue<Spec> = Spec extends { type: 'boolean' }
  ? boolean
  : Spec extends { multiple: true }
    ? readonly Text<Spec>[]
    : Spec extends { default: string } | { required: true }
      ? Text<Spec>
      : Text<Spec> | undefined;

type PositionalValue<Spec> = Spec extends { many: true }
  ? readonly string[]
  : Spec extends { optional: true }
    ? string | undefined
    : string;

/** By long name: what was typed, or the default. */
export type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: OptionValue<Options[Name]>;
};

/** What was typed, checked against the definition: an option that is not defined does not compile. */
export interface Input<Options extends OptionSpecs, Positionals extends PositionalSpecs> {
  readonly values: OptionValues<Options>;
  readonly args: { readonly [Name in keyof Positionals]: PositionalValue<Positionals[Name]> };
}

export interface Example {
  /** Without `ar plugin`. */
  readonly command: string;
  readonly does: string;
}

/** All that help says of a command. */
export interface CommandHelp {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Paragraphs below it. */
  readonly details?: readonly string[];
  readonly examples: readonly Example[];
  readonly options: OptionSpecs;
  readonly positionals: PositionalSpecs;
  /**
   * Words that are none of its own options are another program's: they come, with all that follows `--`, in their order
   * as its last positional.
   */
  readonly passesOn?: true;
  /** It changes nothing, not even what other commands tidy up on their way. */
  readonly looksOnly?: true;
  /** It shows what a registry says: what the registry itself calls fresh will do, so that it need not be asked each time. */
  readonly freshWillDo?: true;
}

export interface Command<
  Options extends OptionSpecs,
  Positionals extends PositionalSpecs,
  Outcome,
> extends CommandHelp {
  readonly options: Options;
  readonly positionals: Positionals;
  readonly run: (input: Input<Options, Positionals>, context: Context) => Promise<Outcome>;
}

/** Types a command from its options and positionals. */
export function defineCommand<const Options extends OptionSpecs, const Positionals extends PositionalSpecs, Outcome>(
  command: Command<Options, Positionals, Outcome>,
): Command<Options, Positionals, Outcome> {
  return command;
}

/** Exit codes of commands that came to their end; 4 for one that could not find out, 130 for one that was ended. */
export type AnswerCode = 0 | 1 | 3 | 4 | 130;

/** How an outcome is told. */
export interface Presenter<Outcome> {
  /** For people, on stdout. */
  readonly text: (outcome: Outcome, width: number) => Page;
  /** For programs: the document of `schemas/v1/cli/<command>`, without `schemaVersion`. */
  readonly json: (outcome: Outcome) => object;
  /** The text may be long: on a terminal it is read with the user's pager. */
  readonly paged?: true;
  /**
   * 1 for an outcome that says no, such as findings; 3 for files that are not what was published; that of another program
   * where the command was this program; 0 if left out.
   */
  readonly exitCode?: (outcome: Outcome) => number;
  /** What people are told on stderr after the text, where the outcome says no for that reason; its exit code counts then. */
  readonly failure?: (outcome: Outcome) => ArError | undefined;
}

/** An outcome with its type forgotten, ready to be printed. */
export type Answer = WholeAnswer | StreamedAnswer;

interface WholeAnswer {
  readonly kind: 'whole';
  readonly text: (width: number) => Page;
  readonly json: () => object;
  readonly exitCode: number;
  readonly failure: ArError | undefined;
  readonly paged: boolean;
}

/** What comes bit by bit. */
interface StreamedAnswer {
  readonly kind: 'streamed';
  readonly bits: AsyncIterable<{ readonly text: () => Page; readonly json: () => object }>;
  /** Once there are no more. */
  readonly exitCode: () => AnswerCode;
}

/** The outcome of a command that tells one thing after the other, perhaps without end. */
export interface Stream<Item> {
  readonly items: AsyncIterable<Item>;
  /** Once there are no more. */
  readonly exitCode: () => AnswerCode;
}

/** How each thing of a stream is told: under --json as one line of `schemas/v1/cli/<command>`. */
export interface StreamPresenter<Item> {
  readonly text: (item: Item) => Page;
  readonly json: (item: Item) => object;
}

/** A command and its presenter with their types forgotten, as the command table holds them. */
export interface RunnableCommand {
  readonly help: CommandHelp;
  /** `input` must come from `parseArgs` with this command's own definition. */
  readonly answer: (input: Input<OptionSpecs, PositionalSpecs>, context: Context) => Promise<Answer>;
}

/** Joins a command to its presenter; their outcomes must agree. */
export function presented<Options extends OptionSpecs, Positionals extends PositionalSpecs, Outcome>(
  command: Command<Options, Positionals, Outcome>,
  presenter: Presenter<Outcome>,
): RunnableCommand {
  return {
    help: command,
    answer: async (input, context) => {
      // The parser made the input from this command's definition, so it has exactly this shape.
      const outcome = await command.run(input as Input<Options, Positionals>, context);
      return {
        kind: 'whole',
        text: (width) => presenter.text(outcome, width),
        json: () => presenter.json(outcome),
        paged: presenter.paged ?? false,
        exitCode: presenter.exitCode?.(outcome) ?? 0,
        failure: presenter.failure?.(outcome),
      };
    },
  };
}

/** The same for a command whose outcome is a stream. */
export function streamed<Options extends OptionSpecs, Positionals extends PositionalSpecs, Item>(
  command: Command<Options, Positionals, Stream<Item>>,
  presenter: StreamPresenter<Item>,
): RunnableCommand {
  return {
    help: command,
    answer: async (input, context) => {
      const { items, exitCode } = await command.run(input as Input<Options, Positionals>, context);
      return { kind: 'streamed', bits: bitsOf(items, presenter), exitCode };
    },
  };
}

async function* bitsOf<Item>(items: AsyncIterable<Item>, { text, json }: StreamPresenter<Item>) {
  for await (const item of items) yield { text: () => text(item), json: () => json(item) };
}
