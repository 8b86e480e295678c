/** Calls and notes over frames, the same on both sides. A call is answered once; a note is not answered. */
import { FRAME, MAX_MESSAGE_BYTES, ProtocolError, type Frame } from './frames.ts';
import { GUEST_LIMITS, hasMoreParts, HOST_LIMITS, type MessageLimits } from './limits.ts';
import { decodeValue, encodeValue } from './values.ts';

export interface PeerPorts {
  /** Which side this is. */
  readonly side: 'host' | 'guest';
  readonly send: (frame: Frame) => void;
  /** Answers a call of the other side. Whatever it throws becomes the answer. */
  readonly onCall: (method: string, args: readonly unknown[]) => unknown;
  readonly onNote: (method: string, args: readonly unknown[]) => void;
  /** How many calls of the other side are being answered, and of how many bytes, whenever that changes. */
  readonly onLoad?: (answering: number, bytes: number) => void;
  /** Calls wait for the other side, more than any that answers leaves: whoever gave up on one still waits here. */
  readonly onUnanswered?: (calls: number) => void;
}

/** More than are ever under way at once. */
export const MAX_UNANSWERED = 20_000;

export interface Peer {
  /** Rejects with what the other side threw, with why the value cannot be sent, or when the peer is closed. */
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Sends what nobody answers. @throws Error if the value cannot be sent */
  note(method: string, args: readonly unknown[]): void;
  /** Takes a call, a result or a note. @throws ProtocolError */
  receive(frame: Frame): void;
  /** Rejects all calls that wait, and all that are made later. */
  close(error: Error): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createPeer(ports: PeerPorts): Peer {
  const waiting = new Map<number, Waiting>();
  let closed: Error | undefined;
  const [sends, takes] = ports.side === 'host' ? [HOST_LIMITS, GUEST_LIMITS] : [GUEST_LIMITS, HOST_LIMITS];
  const toPayload = (value: unknown): Buffer => encode(value, sends);
  let lastId = 0;
  let answering = 0;
  let bytes = 0;
  const count = (calls: number, size: number): void => ports.onLoad?.((answering += calls), (bytes += size));
  const send = (frame: Frame): void => {
    if (!closed) ports.send(frame);
  };
  const answer = async ({ id, payload: { length } }: Frame, [method, args]: Message): Promise<void> => {
    count(1, length);
    const payload = await settle(() => ports.onCall(method, args), toPayload);
    count(-1, -length);
    send({ type: FRAME.result, id, payload });
  };
  return {
    call(method, args) {
      if (closed) return Promise.reject(closed);
      const payload = toPayload([method, args]);
      if (payload.length > sends.callBytes) throw new RangeError('the arguments are too large to be sent');
      const id = (lastId = (lastId % 0xffff_fffe) + 1);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      if (waiting.size > MAX_UNANSWERED) ports.onUnanswered?.(waiting.size);
      send({ type: FRAME.call, id, payload });
      return promise;
    },
    note: (method, args) => send({ type: FRAME.note, id: 0, payload: toPayload([method, args]) }),
    receive(frame) {
      if (hasMoreParts(frame.payload, takes.parts)) throw new ProtocolError('a message has too many parts');
      if (frame.type === FRAME.call) {
        if (frame.payload.length > takes.callBytes) throw new ProtocolError('a call is too large');
        void answer(frame, readMessage(frame));
      }
      if (frame.type === FRAME.note) ports.onNote(...readMessage(frame));
      if (frame.type === FRAME.result) settleCall(waiting, frame);
    },
    close(error) {
      closed ??= error;
      for (const { reject } of waiting.values()) reject(closed);
      waiting.clear();
    },
  };
}

type Message = readonly [method: string, args: readonly unknown[]];

/** @throws ProtocolError */
function readMessage({ payload }: Frame): Message {
  const message = decodeValue(textOf(payload));
  if (!Array.isArray(message)) throw new ProtocolError('a message is not a list');
  const [method, args] = message as readonly unknown[];
  if (typeof method !== 'string' || !Array.isArray(args)) throw new ProtocolError('a message names no method');
  return [method, args];
}

function settleCall(waiting: Map<number, Waiting>, { id, payload }: Frame): void {
  const call = waiting.get(id);
  if (!call) throw new ProtocolError('a result belongs to no call');
  const outcome = decodeValue(textOf(payload));
  if (!Array.isArray(outcome)) throw new ProtocolError('a result is not a list');
  waiting.delete(id);
  const [isValue, value] = outcome as readonly unknown[];
  if (isValue === true) call.resolve(value);
  else call.reject(value);
}

type Encode = (value: unknown) => Buffer;

async function settle(call: () => unknown, toPayload: Encode): Promise<Buffer> {
  try {
    return toPayload([true, await call()]);
  } catch (error) {
    return toPayload([false, sendable(error, toPayload)]);
  }
}

/** What was thrown may be anything, also something that cannot be sent. */
function sendable(thrown: unknown, toPayload: Encode): unknown {
  try {
    toPayload(thrown);
    return thrown;
  } catch {
    return new Error('something was thrown that cannot be told');
  }
}

/** @throws RangeError */
function encode(value: unknown, { parts }: MessageLimits): Buffer {
  const payload = Buffer.from(encodeValue(value));
  if (payload.length > MAX_MESSAGE_BYTES) throw new RangeError('the value is too large to be sent');
  if (hasMoreParts(payload, parts)) throw new RangeError(`the value has more than ${parts} parts`);
  return payload;
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}
