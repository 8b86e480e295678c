import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createFrameReader, encodeFrame, FRAME, MAX_STREAM_BYTES, ProtocolError, type Frame } from './frames.ts';
import { createPeer, type Peer } from './peer.ts';
import { decodeValue, encodeValue } from './values.ts';

/** What is thrown and is no ProtocolError. */
function faultOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof ProtocolError ? undefined : error;
  }
}

describe('frames', () => {
  const frame: fc.Arbitrary<Frame> = fc.record({
    type: fc.constantFrom(...Object.values(FRAME)),
    id: fc.nat(0xffff_ffff),
    payload: fc.uint8Array({ maxLength: 300 }),
  });

  test('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(encodeFrame));
          const seen: Frame[] = [];
          const reader = createFrameReader(({ type, id, payload }) =>
            seen.push({ type, id, payload: Uint8Array.from(payload) }),
          );
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            reader.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(seen).toEqual(
            frames.map(({ type, id, payload }) => ({ type, id, payload: Uint8Array.from(payload) })),
          );
        },
      ),
    );
  });

  test('any bytes are frames or a ProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(faultOf(() => createFrameReader(() => undefined).push(bytes))).toBe(undefined);
      }),
    );
  });

  test('that are too large are neither made nor read', () => {
    const payload = new Uint8Array(MAX_STREAM_BYTES + 1);
    expect(() => encodeFrame({ type: FRAME.data, id: 1, payload })).toThrow(ProtocolError);
    const head = encodeFrame({ type: FRAME.note, id: 1, payload });
    head.writeUInt8(FRAME.data, 0);
    expect(() => createFrameReader(() => undefined).push(head)).toThrow(ProtocolError);
  });
});

describe('values', () => {
  test('of every kind of plain data come out as they went in', () => {
    const value = {
      text: 'x',
      none: null,
      list: [1, -0.5, Number.NaN, Number.NEGATIVE_INFINITY, undefined, true],
      big: 12_345_678_901_234_567_890n,
      at: new Date(0),
      never: new Date(Number.NaN),
      bytes: Uint8Array.of(0, 255),
      map: new Map<unknown, unknown>([[{ a: 1 }, new Set(['x'])]]),
      tagged: { $ar: 'date', v: 0 },
    };
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });

  test('that are JSON come out as they went in', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
        const json = JSON.stringify(value);
        if (json.includes('__proto__')) return;
        expect(decodeValue(encodeValue(JSON.parse(json)))).toEqual(JSON.parse(json));
      }),
    );
  });

  test('lose functions and prototypes', () => {
    class Thing {
      x = 1;
      method(): void {}
    }
    expect(decodeValue(encodeValue({ a: new Thing(), b: () => 1, c: Symbol('x') }))).toEqual({ a: { x: 1 } });
    expect(decodeValue('{"__proto__":{"polluted":1},"x":{"__proto__":1}}')).toEqual({ x: {} });
  });

  test('that are errors keep what names them', () => {
    const error = Object.assign(new RangeError('boom'), { code: 'ERR_ACCESS_DENIED', permission: 'Net' });
    expect(decodeValue(encodeValue(error))).toMatchObject({
      name: 'RangeError',
      message: 'boom',
      code: 'ERR_ACCESS_DENIED',
    });
  });

  test('any text is a value or a ProtocolError', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ $ar: fc.string(), v: fc.jsonValue() }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        expect(faultOf(() => decodeValue(text))).toBe(undefined);
      }),
    );
  });
});

/** Two sides without a pipe between them. */
function pair(answer: (method: string, args: readonly unknown[]) => unknown): { near: Peer; notes: unknown[] } {
  const notes: unknown[] = [];
  const far: Peer = createPeer({
    send: (frame) => near.receive(frame),
    onCall: answer,
    onNote: (...note) => notes.push(note),
  });
  const near: Peer = createPeer({ send: (frame) => far.receive(frame), onCall: answer, onNote: () => undefined });
  return { near, notes };
}

describe('peers', () => {
  test('answer calls with what was returned or thrown', async () => {
    const { near, notes } = pair((method, args) => {
      if (method === 'fail') throw new Error('no');
      return Promise.resolve([method, ...args]);
    });
    expect(await near.call('do', [1, { a: [] }])).toEqual(['do', 1, { a: [] }]);
    await expect(near.call('fail', [])).rejects.toThrow('no');
    near.note('told', ['x']);
    expect(notes).toEqual([['told', ['x']]]);
  });

  test('reject what waits when they are closed', async () => {
    const { near } = pair(() => new Promise(() => undefined));
    const waiting = near.call('hang', []);
    near.close(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
    await expect(near.call('later', [])).rejects.toThrow('closed');
  });

  test('tell how many calls they are answering', async () => {
    const onLoad = vi.fn<(answering: number) => void>();
    const near = createPeer({
      send: () => undefined,
      onCall: () => Promise.resolve(1),
      onNote: () => undefined,
      onLoad,
    });
    near.receive({ type: FRAME.call, id: 1, payload: Buffer.from('["x",[]]') });
    await expect.poll(() => onLoad.mock.calls).toEqual([[1], [0]]);
  });

  test.each(['{}', '[1]', '["x"]', '["x",1]', '"x"', ''])('refuse the message %s', (text) => {
    const near = createPeer({ send: () => undefined, onCall: () => 1, onNote: () => undefined });
    const payload = Buffer.from(text);
    expect(() => near.receive({ type: FRAME.note, id: 0, payload })).toThrow(ProtocolError);
    expect(() => near.receive({ type: FRAME.call, id: 1, payload })).toThrow(ProtocolError);
    expect(() => near.receive({ type: FRAME.result, id: 1, payload })).toThrow(ProtocolError);
  });
});
