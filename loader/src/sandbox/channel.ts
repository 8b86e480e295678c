/**
 * The daemon's end of the pipe to a plugin's process.
 *
 * What comes in is hostile: a frame against the rules ends the connection, and however fast the other side sends, the
 * daemon takes no more than so many frames and bytes at a time, and spends no more than a third of its time on them. What
 * goes out is bounded, too.
 */
import type { Duplex } from 'node:stream';
import { describeThrown } from '../contain.ts';
import { createByteBuffer } from '../bridge/byte-buffer.ts';
import { createFrameReader, encodeFrame, ProtocolError, type Frame } from '../bridge/frames.ts';

export interface ChannelOptions {
  readonly pipe: Duplex;
  /** Milliseconds; for measuring how long the daemon is busy with what comes in. */
  readonly now: () => number;
  /** May throw a ProtocolError, as the reader does. */
  readonly onFrame: (frame: Frame) => void;
  /** The other side broke the protocol, or does not read. Nothing more is read. */
  readonly onViolation: (reason: string) => void;
  readonly onClose: () => void;
}

export interface Channel {
  readonly send: (frame: Frame) => void;
  /** Stops reading while the daemon has enough to do; as often as `false` follows, reading goes on. */
  readonly hold: (held: boolean) => void;
  close(): void;
}

/** In each period, no more than this is taken from one plugin. */
const PERIOD_MS = 50;
const MAX_FRAMES_A_PERIOD = 2_000;
const MAX_BYTES_A_PERIOD = 16 * 1024 * 1024;
/** As long as this, what is taken keeps the daemon busy; then it rests from the plugin for twice as long. */
const MAX_BUSY_MS = 25;
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

export function createChannel({ pipe, now, onFrame, onViolation, onClose }: ChannelOptions): Channel {
  let ended = false;
  const valve = createValve(pipe);
  /** What comes while the pipe is full: many small frames are one piece by then. */
  const waiting = createByteBuffer();
  const fail = (error: unknown): void => {
    if (ended) return;
    ended = true;
    pipe.destroy();
    onViolation(error instanceof ProtocolError ? error.message : describeThrown(error));
  };
  const reader = createFrameReader((frame) => {
    if (ended) return;
    valve.count(frame.payload.length);
    onFrame(frame);
  });
  pipe.on('data', (chunk: Buffer) => {
    const startedMs = now();
    try {
      if (!ended) reader.push(chunk);
    } catch (error) {
      fail(error);
    }
    valve.spend(now() - startedMs);
  });
  pipe.on('drain', () => {
    if (waiting.length > 0) pipe.write(waiting.take());
  });
  // The other side died: what happened is told by the exit of its process.
  pipe.on('error', () => pipe.destroy());
  pipe.on('close', () => {
    valve.close();
    onClose();
  });
  return {
    send(frame) {
      if (ended || pipe.destroyed || !pipe.writable) return;
      const bytes = encodeFrame(frame);
      if (pipe.writableNeedDrain) waiting.append(bytes);
      else pipe.write(bytes);
      if (pipe.writableLength + waiting.length > MAX_UNREAD_BYTES)
        fail(new ProtocolError('it does not read what it is sent'));
    },
    hold: valve.hold,
    close() {
      ended = true;
      pipe.destroy();
    },
  };
}

interface Valve {
  count(bytes: number): void;
  /** Says how long that took. */
  spend(ms: number): void;
  readonly hold: (held: boolean) => void;
  close(): void;
}

/** Pauses a stream for the rest of a period once it brought its share, or while somebody holds it. */
function createValve(stream: Duplex): Valve {
  let frames = 0;
  let bytes = 0;
  let busyMs = 0;
  let held = false;
  let timer: NodeJS.Timeout | undefined;
  const isFull = (): boolean => frames >= MAX_FRAMES_A_PERIOD || bytes >= MAX_BYTES_A_PERIOD || busyMs >= MAX_BUSY_MS;
  const update = (): void => {
    if (stream.destroyed) return;
    if (held || isFull()) stream.pause();
    else stream.resume();
  };
  const renew = (): void => {
    timer = undefined;
    frames = 0;
    bytes = 0;
    busyMs = 0;
    update();
  };
  return {
    count(more) {
      frames += 1;
      bytes += more;
      timer ??= setTimeout(renew, PERIOD_MS);
      if (isFull()) update();
    },
    spend(ms) {
      busyMs += Math.max(ms, 0);
      if (busyMs < MAX_BUSY_MS || stream.destroyed) return;
      clearTimeout(timer);
      timer = setTimeout(renew, Math.max(PERIOD_MS, 2 * busyMs));
      update();
    },
    hold(next) {
      if (held === next) return;
      held = next;
      update();
    },
    close: () => clearTimeout(timer),
  };
}
