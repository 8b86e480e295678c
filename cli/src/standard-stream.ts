/**
 * A standard stream that is opened when it is needed: to open the three of them takes longer than what most commands do,
 * and what is short goes to a file or a pipe without.
 */
import fs from 'node:fs';
import { isatty } from 'node:tty';
import type { Stream } from './output.ts';

export interface StandardStreamPorts {
  /** The stream that Node.js makes of the descriptor; called once. */
  readonly open: () => NodeJS.WriteStream;
  /** Told when something cannot be written. */
  readonly onError: (error: Error) => void;
}

/** As much as a pipe takes without a reader, with room to spare: what waits for one must not do so at once. */
const AT_ONCE_BYTES = 32 * 1024;

export function createStandardStream(descriptor: number, ports: StandardStreamPorts): Stream {
  let opened: NodeJS.WriteStream | undefined;
  const open = (): NodeJS.WriteStream => (opened ??= ports.open().on('error', ports.onError));
  const isTTY = isTerminal(descriptor);
  let left = isTTY || process.platform === 'win32' ? 0 : AT_ONCE_BYTES;
  return {
    isTTY,
    get columns() {
      return open().columns;
    },
    write: (text) => {
      const bytes = Buffer.from(text);
      const isShort = !opened && bytes.length <= left;
      left -= bytes.length;
      const rest = isShort ? writeAtOnce(descriptor, { bytes, onError: ports.onError }) : bytes;
      return rest.length === 0 || open().write(rest);
    },
    drained: () => {
      const stream = opened;
      return stream?.writableNeedDrain === true ? new Promise((resolve) => stream.once('drain', resolve)) : undefined;
    },
  };
}

/** A terminal is a device: what it takes to ask further is loaded where there is one. */
function isTerminal(descriptor: number): boolean {
  const isDevice = process.platform === 'win32' || fs.fstatSync(descriptor).isCharacterDevice();
  return isDevice && isatty(descriptor);
}

/** @returns what the reader has no room for at present */
function writeAtOnce(
  descriptor: number,
  { bytes, onError }: { readonly bytes: Buffer; readonly onError: (error: Error) => void },
): Buffer {
  let at = 0;
  try {
    while (at < bytes.length) at += fs.writeSync(descriptor, bytes, at);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'EAGAIN') return bytes.subarray(at);
    onError(error);
    return bytes.subarray(bytes.length);
  }
  return bytes.subarray(at);
}
