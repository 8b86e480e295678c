import { expect, test } from 'vitest';
import { filesIntegrity } from './files-integrity.ts';
import { integrityOf } from './integrity-of.ts';

const A = { path: 'a.js', size: 1, integrity: integrityOf(Buffer.from('a')) };
const B = { path: 'B.js', size: 2, integrity: integrityOf(Buffer.from('bb')) };

test('is the hash of the JSON rows, sorted by code unit', () => {
  const rows = [
    ['B.js', 2, B.integrity],
    ['a.js', 1, A.integrity],
  ];
  expect(filesIntegrity([A, B])).toBe(integrityOf(Buffer.from(JSON.stringify(rows))));
});

test('does not depend on the order of the files', () => {
  expect(filesIntegrity([A, B])).toBe(filesIntegrity([B, A]));
});

test.each([
  ['a path', { ...A, path: 'A.js' }],
  ['a size', { ...A, size: 3 }],
  ['a content', { ...A, integrity: B.integrity }],
])('changes with %s', (_, changed) => {
  expect(filesIntegrity([changed, B])).not.toBe(filesIntegrity([A, B]));
});
