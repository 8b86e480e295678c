import { expect, test } from 'vitest';
import { createBlockReader } from './output-blocks.ts';

test('a block is found however its output is cut', () => {
  const text = 'noise [[x]] [[SUMMARY]]{"currentTask":"a"}[[/SUMMARY]] more [[SESSION_END]]bye[[/SESSION_END]]';
  for (let size = 1; size < text.length; size += 7) {
    const reader = createBlockReader();
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => reader.read('Alice', piece))).toEqual([
      { kind: 'summary', summary: { currentTask: 'a' } },
      { kind: 'end', summary: 'bye' },
    ]);
  }
});

test('blocks of one agent are not mixed with output of another', () => {
  const reader = createBlockReader();
  expect(reader.read('Alice', '[[SUMMARY]]{"context":')).toEqual([]);
  expect(reader.read('Bob', '"b"}[[/SUMMARY]]')).toEqual([]);
  expect(reader.read('Alice', '"a"}[[/SUMMARY]]')).toEqual([{ kind: 'summary', summary: { context: 'a' } }]);
});

test.each([
  ['no JSON', '[[SUMMARY]]nothing[[/SUMMARY]]', []],
  ['a list', '[[SUMMARY]][1][[/SUMMARY]]', []],
  ['an end that does not fit', '[[SUMMARY]]{}[[/SESSION_END]]', []],
  [
    'fields of other types',
    '[[SUMMARY]]{"currentTask":1,"files":["a",2],"decisions":"x","__proto__":{"x":1}}[[/SUMMARY]]',
    [{ kind: 'summary', summary: { files: ['a'] } }],
  ],
  ['an empty end', '[[SESSION_END]][[/SESSION_END]]', [{ kind: 'end', summary: undefined }]],
])('of a block with %s no more is read than there is', (_, text, blocks) => {
  expect(createBlockReader().read('Alice', text)).toEqual(blocks);
});

test('a block that never ends is kept in bounds', () => {
  const reader = createBlockReader();
  reader.read('Alice', '[[SUMMARY]]');
  for (let count = 0; count < 100; count += 1) reader.read('Alice', 'x'.repeat(10_000));
  expect(reader.read('Alice', '[[/SUMMARY]][[SESSION_END]]bye[[/SESSION_END]]')).toEqual([
    { kind: 'end', summary: 'bye' },
  ]);
});
