/** Questions to the person at the terminal. */
import type { Readable, Writable } from 'node:stream';
import { toSingleLine } from '@ar-registry/core/text';

export interface PromptOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Every question is answered with yes, unasked. */
  readonly yes: boolean;
  readonly signal: AbortSignal;
  /** A terminal that is asked a question hands Ctrl-C to whoever asks, and no longer to the process. */
  readonly onInterrupt: () => void;
}

/**
 * Asks a question that is answered with yes or no; no is the default.
 *
 * `unasked` where nobody is there to answer: a script must not hang, and silence is no consent.
 */
export type Confirm = (question: string) => Promise<'yes' | 'no' | 'unasked'>;

/** Asks on stderr, so that stdout holds results alone. */
export function createConfirm({ input, output, yes, signal, onInterrupt }: PromptOptions): Confirm {
  return async (question) => {
    if (yes) return 'yes';
    if (input.isTTY !== true || output.isTTY !== true) return 'unasked';
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input, output });
    lines.once('SIGINT', onInterrupt);
    try {
      const answer = await lines.question(`${toSingleLine(question)} [y/N] `, { signal });
      return /^y(?:es)?$/i.test(answer.trim()) ? 'yes' : 'no';
    } catch (error) {
      // The end of the input (Ctrl-D) is no consent, and no failure of ours.
      if (signal.aborted || !(error instanceof Error && error.name === 'AbortError')) throw error;
      return 'no';
    } finally {
      lines.close();
    }
  };
}
