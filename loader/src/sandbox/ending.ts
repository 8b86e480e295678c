/** Why a plugin's process ended: who ended it knows best, then its own last words, then how it exited. */
import type { GuestProcess } from './guest-process.ts';

export interface Ending {
  /** Ends the process; the first reason is the one that counts. */
  readonly end: (reason: string) => void;
  /** The process says why it is about to end. It is believed as far as nothing else is known. */
  readonly announce: (reason: string) => void;
  /** The pipe closes a moment before a process is gone, whose exit says more; without a pipe it can do nothing any more. */
  readonly expect: () => void;
  readonly ended: Promise<string>;
}

/** How long what a dying process wrote last is waited for. */
export const DYING_MS = 1_000;

export function createEnding(process: Pick<GuestProcess, 'kill' | 'ended'>): Ending {
  let reason: string | undefined;
  let announced: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const drained = Promise.withResolvers<void>();
  const end = (why: string): void => {
    reason ??= why;
    process.kill();
  };
  return {
    end,
    announce: (why) => void (announced ??= why),
    expect: () => {
      drained.resolve();
      timer = setTimeout(() => end('closed its pipe'), DYING_MS);
    },
    ended: process.ended.then(async (exit) => {
      // Its last words may still be in the pipe, which what it started may hold open.
      const late = setTimeout(drained.resolve, DYING_MS);
      await drained.promise;
      clearTimeout(late);
      clearTimeout(timer);
      return `its process ${reason ?? announced ?? exit}`;
    }),
  };
}
