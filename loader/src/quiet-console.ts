import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { stripControl } from '@ar-registry/core/text';

/** Lines in which agent-relay's client repeats the messages it gets; its `quiet` option leaves them on. */
const NOISE = /^\[(?:relay-client:|connection\])/;

/**
 * A console for a process in which the daemon and plugins print what they like: everything goes to `write`, without
 * control characters, and without the lines that repeat messages of agents.
 */
export function createQuietConsole(write: (text: string) => void): Console {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      const text = stripControl(String(chunk));
      if (!NOISE.test(text)) write(text);
      done();
    },
  });
  return new Console({ stdout: sink, stderr: sink, colorMode: false });
}
