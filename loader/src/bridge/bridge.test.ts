import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createFrameReader, encodeFrame, FRAME, MAX_STREAM_BYTES, ProtocolError, type Frame } from './frames.ts';
import { hasMoreParts } from './limits.ts';
import { createPeer, MAX_UNANSWERED, type Peer } from './peer.ts';
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

function elapsed(task: () => unknown): number {
  const startedMs = performance.now();
  task();
  return performance.now() - startedMs;
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

describe('parts', () => {
  /** What the parser says: every member of a list or an object but the first has a comma, and each of them a bracket. */
  const partsOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const items = Object.values(value);
    return items.reduce((sum: number, item) => sum + partsOf(item), 1 + Math.max(items.length - 1, 0));
  };

  test('are counted as they are parsed', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const parts = partsOf(JSON.parse(json));
        const bytes = Buffer.from(json);
        const limits = [parts - 1, parts].filter((limit) => limit >= 0 && hasMoreParts(bytes, limit));
        expect(limits).toEqual(parts > 0 ? [parts - 1] : []);
      }),
    );
  });

  test('of bytes that are no JSON are counted too', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof hasMoreParts(bytes, 1) === 'boolean'));
    for (const text of ['"', '"\\', '["\\"', '"a\\\\"[[['])
      expect(hasMoreParts(Buffer.from(text), 2)).toBe(text.endsWith('[[['));
  });
});

/** Two sides without a pipe between them. */
function pair(answer: (method: string, args: readonly unknown[]) => unknown): { near: Peer; notes: unknown[] } {
  const notes: unknown[] = [];
  const far: Peer = createPeer({
    side: 'guest',
    send: (frame) => near.receive(frame),
    onCall: answer,
    onNote: (...note) => notes.push(note),
  });
  const near: Peer = createPeer({
    side: 'host',
    send: (frame) => far.receive(frame),
    onCall: answer,
    onNote: () => undefined,
  });
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

  test('tell how many calls they are answering, and how large these are', async () => {
    const onLoad = vi.fn<(answering: number, bytes: number) => void>();
    const near = createPeer({
      side: 'host',
      send: () => undefined,
      onCall: () => Promise.resolve(1),
      onNote: () => undefined,
      onLoad,
    });
    near.receive({ type: FRAME.call, id: 1, payload: Buffer.from('["x",[]]') });
    await expect
      .poll(() => onLoad.mock.calls)
      .toEqual([
        [1, 8],
        [0, 0],
      ]);
  });

  test('tell when more calls wait than anybody who answers leaves waiting', () => {
    const onUnanswered = vi.fn<(calls: number) => void>();
    const near = createPeer({
      side: 'host',
      send: () => undefined,
      onCall: () => 1,
      onNote: () => undefined,
      onUnanswered,
    });
    const call = (): void => void near.call('hang', []).catch(() => undefined);
    for (let made = 0; made < MAX_UNANSWERED; made += 1) call();
    expect(onUnanswered).not.toHaveBeenCalled();
    call();
    expect(onUnanswered).toHaveBeenCalledWith(MAX_UNANSWERED + 1);
    near.close(new Error('closed'));
  });

  test('of the host refuse what would take long to read before it is read', () => {
    const host = createPeer({ side: 'host', send: () => undefined, onCall: () => 1, onNote: () => undefined });
    const lists = `["x",[${'[],'.repeat(2_700_000)}0]]`;
    const parsing = elapsed(() => JSON.parse(lists));
    const payload = Buffer.from(lists);
    const refusing = elapsed(() => {
      expect(() => host.receive({ type: FRAME.note, id: 0, payload })).toThrow(ProtocolError);
    });
    expect(refusing).toBeLessThan(parsing / 4);
  });

  test('of the host take a text as large as a message may be, whatever is in it', () => {
    const told: unknown[] = [];
    const host = createPeer({
      side: 'host',
      send: () => undefined,
      onCall: () => 1,
      onNote: (...note) => told.push(note),
    });
    const text = '[{,"'.repeat(1_500_000);
    host.receive({ type: FRAME.note, id: 0, payload: Buffer.from(JSON.stringify(['x', [text]])) });
    expect(told).toEqual([['x', [text]]]);
  });

  test('of the host refuse a large call, which would wait in its memory', () => {
    const host = createPeer({ side: 'host', send: () => undefined, onCall: () => 1, onNote: () => undefined });
    const payload = Buffer.from(JSON.stringify(['x', ['a'.repeat(70_000)]]));
    expect(() => host.receive({ type: FRAME.call, id: 1, payload })).toThrow(ProtocolError);
  });

  test('of a guest do not send what the host would refuse', async () => {
    const { near } = pair(() => Array.from({ length: 70_000 }, () => 1));
    await expect(near.call('many', [])).rejects.toThrow('parts');
    const guest = createPeer({ side: 'guest', send: () => undefined, onCall: () => 1, onNote: () => undefined });
    expect(() => guest.call('x', ['a'.repeat(70_000)])).toThrow(RangeError);
    expect(() => guest.note('x', [Array.from({ length: 70_000 }, () => 1)])).toThrow(RangeError);
  });

  test.each(['{}', '[1]', '["x"]', '["x",1]', '"x"', ''])('refuse the message %s', (text) => {
    const near = createPeer({ side: 'host', send: () => undefined, onCall: () => 1, onNote: () => undefined });
    const payload = Buffer.from(text);
    expect(() => near.receive({ type: FRAME.note, id: 0, payload })).toThrow(ProtocolError);
    expect(() => near.receive({ type: FRAME.call, id: 1, payload })).toThrow(ProtocolError);
    expect(() => near.receive({ type: FRAME.result, id: 1, payload })).toThrow(ProtocolError);
  });
});
