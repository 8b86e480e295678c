import type { ArError } from '@ar-registry/core/errors';
import type { Clock } from '@ar-registry/io/clock';

/** An option of a command, as `node:util` parseArgs takes it, and what help says of it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** What stands for the value in help: `<folder>`. */
  readonly value?: string;
  readonly required?: boolean;
  /** Given by its place, without `--name`. Several are taken in the order in which the command lists them. */
  readonly positional?: boolean;
  /** Given any number of times. */
  readonly multiple?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** Values by option; an option that was not given is absent. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]?: O[Name]['type'] extends 'boolean'
    ? boolean
    : O[Name] extends { readonly multiple: true }
      ? readonly string[]
      : string;
};

/** What a command gets from the process. */
export interface Context {
  /** Absolute. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  /** Tells something while the command goes on, on stdout: for people, or with `--json` for scripts. */
  readonly tell: (text: string, json: object) => void;
}

/** What a command did. It prints nothing itself. */
export interface Outcome {
  /** For people: the result, on stdout. */
  readonly text: string;
  /** For people: what else is to be said, on stderr. */
  readonly notes?: string;
  /** For scripts, on stdout with `--json`; absent where `tell` has said it all. */
  readonly json?: object;
  readonly exitCode: number;
  /** Told on stderr after the rest; its exit code counts. */
  readonly error?: ArError;
}

export interface Command<O extends Options = Options> {
  readonly name: string;
  readonly summary: string;
  /** Command lines that work. */
  readonly examples: readonly string[];
  readonly options: O;
  run(values: Values<O>, context: Context): Promise<Outcome>;
}

/** Lets the types of a command's values follow from its options. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}
