/**
 * Frames on the pipe between the daemon's process and one plugin's: type, id, length, payload.
 *
 * Whoever reads them on the daemon's side reads what a hostile program wrote. A frame that breaks a rule here is thrown
 * as a `ProtocolError`; the reader of the pipe then ends the plugin's process, for no honest guest sends one.
 */
import { createByteBuffer } from './byte-buffer.ts';

export const FRAME = {
  call: 1,
  result: 2,
  note: 3,
  open: 16,
  opened: 17,
  data: 18,
  end: 19,
  close: 20,
  credit: 21,
  /** Somebody connected to a port that the daemon listens on for the plugin, which answers `opened` or `close`. */
  accepted: 22,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export interface Frame {
  readonly type: FrameType;
  /** Which call, or which connection. */
  readonly id: number;
  readonly payload: Uint8Array;
}

/** Of a call, a result or a note: a relay message of 1 MiB, in JSON, with every character escaped. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** Of every other frame. */
export const MAX_STREAM_BYTES = 64 * 1024;
/** Bytes that one side may send on a connection before the other says that it took them. */
export const STREAM_WINDOW_BYTES = 256 * 1024;
/** So many are taken before the other side is told: what comes byte by byte is not answered byte by byte. */
export const CREDIT_BYTES = STREAM_WINDOW_BYTES / 4;

/** Connections to a plugin have numbers from here on, which the daemon gives; those of a plugin's own are below. */
export const FIRST_ACCEPTED_ID = 0x8000_0000;

const HEADER_BYTES = 9;
const MESSAGES: ReadonlySet<number> = new Set([FRAME.call, FRAME.result, FRAME.note]);
const TYPES: ReadonlySet<number> = new Set(Object.values(FRAME));

/** The other side broke the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** @throws ProtocolError if the payload is larger than its type allows */
export function encodeFrame({ type, id, payload }: Frame): Buffer {
  if (payload.length > limitOf(type)) throw new ProtocolError(`a frame of ${payload.length} bytes is too large`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32BE(id, 1);
  frame.writeUInt32BE(payload.length, 5);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Takes bytes as they come and hands over whole frames. */
export interface FrameReader {
  /** @throws ProtocolError; the reader is of no use afterwards */
  push(chunk: Uint8Array): void;
}

export function createFrameReader(onFrame: (frame: Frame) => void): FrameReader {
  /** The beginning of a frame. */
  const begun = createByteBuffer();
  /** Bytes without which there is nothing to do. */
  let need = HEADER_BYTES;
  return {
    push(chunk) {
      if (begun.length > 0) begun.append(chunk);
      if (begun.length > 0 && begun.length < need) return;
      const buffer = begun.length > 0 ? begun.take() : asBuffer(chunk);
      const { used, next } = readFrames(buffer, onFrame);
      if (used < buffer.length) begun.append(buffer.subarray(used));
      need = next;
    },
  };
}

/** @returns how many bytes were used, and how many are needed for the next frame, counted from there */
function readFrames(buffer: Buffer, onFrame: (frame: Frame) => void): { used: number; next: number } {
  let used = 0;
  while (buffer.length - used >= HEADER_BYTES) {
    const type = checkType(buffer.readUInt8(used));
    const id = buffer.readUInt32BE(used + 1);
    const length = buffer.readUInt32BE(used + 5);
    if (length > limitOf(type)) throw new ProtocolError(`a frame of type ${type} has ${length} bytes`);
    const end = used + HEADER_BYTES + length;
    if (end > buffer.length) return { used, next: HEADER_BYTES + length };
    onFrame({ type, id, payload: buffer.subarray(used + HEADER_BYTES, end) });
    used = end;
  }
  return { used, next: HEADER_BYTES };
}

function checkType(type: number): FrameType {
  if (!TYPES.has(type)) throw new ProtocolError(`there is no frame of type ${type}`);
  return type as FrameType;
}

function limitOf(type: FrameType): number {
  return MESSAGES.has(type) ? MAX_MESSAGE_BYTES : MAX_STREAM_BYTES;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
