import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createByteBuffer } from './byte-buffer.ts';
import { createFrameReader, encodeFrame, FRAME, MAX_MESSAGE_BYTES, type Frame } from './frames.ts';

test('bytes are taken as they were appended, whatever comes later', () => {
  const buffer = createByteBuffer();
  expect(buffer.take()).toEqual(Buffer.alloc(0));
  for (let at = 0; at < 5_000; at += 1) buffer.append(Uint8Array.of(at % 256));
  expect(buffer.length).toBe(5_000);
  const taken = buffer.take();
  buffer.append(Buffer.from('later'));
  expect(taken).toEqual(Buffer.from(Uint8Array.from({ length: 5_000 }, (_, at) => at % 256)));
  expect(String(buffer.take())).toBe('later');
  expect(buffer.length).toBe(0);
});

test('a message that comes byte by byte takes no more memory than its bytes', () => {
  const frames: Frame[] = [];
  const reader = createFrameReader((frame) => frames.push(frame));
  const pieces = 300_000;
  const frame = encodeFrame({ type: FRAME.note, id: 0, payload: Buffer.alloc(MAX_MESSAGE_BYTES, 'x') });
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heldMb = (): number => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1024 / 1024;
  };
  const before = heldMb();
  // As they are read from a pipe: each with memory of its own.
  for (let at = 0; at < pieces; at += 1) reader.push(Uint8Array.from(frame.subarray(at, at + 1)));
  expect(heldMb() - before).toBeLessThan(20);
  reader.push(frame.subarray(pieces));
  expect(frames.map(({ payload }) => payload.length)).toEqual([MAX_MESSAGE_BYTES]);
});
