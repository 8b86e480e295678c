/** What V8 prints when it ends a process for want of memory: the exit itself says no more than the name of a signal. */
import type { Readable } from 'node:stream';

const OUT_OF_MEMORY = Buffer.from('heap out of memory');

/** Calls `announce` once if the words pass. A plugin can print them too, and then be told to have done what it says. */
export function hearOutOfMemory(stderr: Readable, announce: () => void): void {
  let before: Buffer = Buffer.alloc(0);
  const listen = (chunk: Buffer): void => {
    const seen = Buffer.concat([before, chunk]);
    if (seen.includes(OUT_OF_MEMORY)) {
      stderr.off('data', listen);
      announce();
    }
    // The words may come in two pieces.
    before = seen.subarray(-OUT_OF_MEMORY.length);
  };
  stderr.on('data', listen);
}
