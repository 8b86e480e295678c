import { expect, test } from 'vitest';
import { withoutBuiltinCode } from './snapshot-file.ts';

/** What comes before the list: any bytes, also some that look like the beginning of one. */
const MEMORY = Buffer.concat([
  Buffer.from('node 24 x64 linux'),
  numbers(2, 5, 3),
  Buffer.from('begins like a list'),
  Buffer.alloc(300),
  numbers(1),
]);

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
  return bytes;
}

function listOf(modules: readonly (readonly [name: string, code: string])[]): Buffer {
  const each = modules.map(([name, code]) =>
    Buffer.concat([numbers(name.length), Buffer.from(name), numbers(code.length), Buffer.from(code)]),
  );
  return Buffer.concat([numbers(modules.length), ...each]);
}

const MODULES = ['_http_agent', 'fs', 'internal/util'].map((name) => [name, `code of ${name}`] as const);

test.each([
  ['of some modules', MODULES],
  ['of a module without code', [['fs', '']] as const],
  ['of as many as fill a byte', Array.from({ length: 256 }, (_, index) => [`internal/${index}`, 'code'] as const)],
])('a list %s is left out, and an empty one takes its place', (_, modules) => {
  const short = withoutBuiltinCode(Buffer.concat([MEMORY, listOf(modules)]));
  expect(short?.equals(Buffer.concat([MEMORY, listOf([])]))).toBe(true);
});

test.each([
  ['is cut off', Buffer.concat([MEMORY, listOf(MODULES)]).subarray(0, -1)],
  ['is followed by something', Buffer.concat([MEMORY, listOf(MODULES), Buffer.from('!')])],
  ['has a length that is beyond the file', Buffer.concat([MEMORY, numbers(1, 2), Buffer.from('fs'), numbers(2 ** 40)])],
  ['is not there', MEMORY],
  ['is empty', Buffer.concat([MEMORY, listOf([])])],
])('nothing is left out where the list %s', (_, file) => {
  expect(withoutBuiltinCode(file)).toBeUndefined();
});

test('a file that is nothing but beginnings of lists is given up on', () => {
  const file = numbers(...Array.from({ length: 20_000 }, () => 1));
  expect(withoutBuiltinCode(file)).toBeUndefined();
});
