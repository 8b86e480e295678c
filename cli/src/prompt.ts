/** Questions to the person at the terminal. */
import type { Readable, Writable } from 'node:stream';
import { toSingleLine } from '@ar-registry/core/text';

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
  /** A terminal that is asked a question hands Ctrl-C to whoever asks, and no longer to the process. */
  readonly onInterrupt: () => void;
}

export interface PromptOptions extends TerminalOptions {
  /** Every question is answered with yes, unasked. */
  readonly yes: boolean;
}

/**
 * Asks a question that is answered with yes or no; no is the default.
 *
 * `unasked` where nobody is there to answer: a script must not hang, and silence is no consent.
 */
export type Confirm = (question: string) => Promise<'yes' | 'no' | 'unasked'>;

/** Asks on stderr, so that stdout holds results alone. */
export function createConfirm({ yes, ...terminal }: PromptOptions): Confirm {
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

/** Asks on stderr, so that stdout holds results alone. */
export function createQuestions(terminal: TerminalOptions): Questions {
  return {
    canAsk: isTerminal(terminal),
    ask: async (question) => (await askLine(`${toSingleLine(question)} `, terminal))?.trim(),
  };
}

function isTerminal({ input, output }: TerminalOptions): boolean {
  return input.isTTY === true && output.isTTY === true;
}

async function askLine(question: string, terminal: TerminalOptions): Promise<string | undefined> {
  const { input, output, signal, onInterrupt } = terminal;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input, output });
  lines.once('SIGINT', onInterrupt);
  try {
    return await lines.question(question, { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error && error.name === 'AbortError')) throw error;
    return undefined;
  } finally {
    lines.close();
  }
}
