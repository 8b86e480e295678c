/** Questions to the person at the terminal. */
import type { Readable, Writable } from 'node:stream';
import { toSingleLine } from '@ar-registry/core/text';

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
  /** A terminal that is asked a question hands Ctrl-C to whoever asks, and no longer to the process. */
  readonly onInterrupt: () => void;
  /** Of this terminal, the same for all questions. */
  readonly typedAhead: TypedAhead;
}

/** What was typed, or pasted, together with the answer to one question, and belongs to the next ones. */
export interface TypedAhead {
  readonly lines: string[];
  /** Of a line that is not ended yet. */
  partial: string;
  /** Ctrl-D after the lines. */
  ended: boolean;
}

export function createTypedAhead(): TypedAhead {
  return { lines: [], partial: '', ended: false };
}

/**
 * Asks a question that is answered with yes or no; no is the default.
 *
 * `unasked` where nobody is there to answer: a script must not hang, and silence is no consent.
 */
export type Confirm = (question: string) => Promise<'yes' | 'no' | 'unasked'>;

/**
 * Asks on stderr, so that stdout holds results alone. Looks at the terminal when there is a question, and not before.
 *
 * @param yes every question is answered with yes, unasked
 */
export function createConfirm(terminal: TerminalOptions, yes: boolean): Confirm {
  return async (question) => {
    if (yes) return 'yes';
    if (!isTerminal(terminal)) return 'unasked';
    const answer = await askLine(`${toSingleLine(question)} [y/N] `, terminal);
    // The end of the input (Ctrl-D) is no consent, and no failure of ours.
    return answer !== undefined && /^y(?:es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  };
}

/** Questions that are answered with a line of text. */
export interface Questions {
  /** False where nobody is there to answer. */
  readonly canAsk: boolean;
  /** What was typed, without the spaces around it; undefined at the end of the input (Ctrl-D). Not for secrets. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** Asks on stderr, so that stdout holds results alone. Looks at the terminal when it is asked to, and not before. */
export function createQuestions(terminal: TerminalOptions): Questions {
  return {
    get canAsk() {
      return isTerminal(terminal);
    },
    ask: async (question) => (await askLine(`${toSingleLine(question)} `, terminal))?.trim(),
  };
}

function isTerminal({ input, output }: TerminalOptions): boolean {
  return input.isTTY === true && output.isTTY === true;
}

async function askLine(question: string, terminal: TerminalOptions): Promise<string | undefined> {
  const { output, typedAhead } = terminal;
  const line = typedAhead.lines.shift();
  if (line === undefined) return typedAhead.ended ? endOf(typedAhead) : readLine(question, terminal);
  // As if it had been typed after the question.
  output.write(`${question}${toSingleLine(line)}\n`);
  return line;
}

function endOf(typedAhead: TypedAhead): undefined {
  typedAhead.ended = false;
}

async function readLine(question: string, terminal: TerminalOptions): Promise<string | undefined> {
  const { input, output, signal, onInterrupt, typedAhead } = terminal;
  // A terminal that hung up says nothing any more, not even that.
  if (input.readableEnded || input.destroyed) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input, output });
  const closed = Promise.withResolvers<undefined>();
  let isOwnEnd = false;
  lines.once('SIGINT', onInterrupt);
  lines.on('line', (line) => typedAhead.lines.push(line));
  lines.once('close', () => {
    typedAhead.ended = !isOwnEnd;
    // An answer before it in the same moment comes first.
    setImmediate(() => closed.resolve(undefined));
  });
  try {
    const asked = lines.question(question, { signal }).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof Error && error.name === 'AbortError')) throw error;
      return undefined;
    });
    if (typedAhead.partial !== '') lines.write(typedAhead.partial);
    const line = await Promise.race([asked, closed.promise]);
    if (line === undefined) typedAhead.ended = false;
    return line;
  } finally {
    typedAhead.partial = lines.line;
    isOwnEnd = true;
    lines.close();
  }
}
