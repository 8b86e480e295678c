import { hasCode } from '@ar-registry/core/errors';
import { anything, assert, property } from 'fast-check';
import { expect, test } from 'vitest';
import { labelOf, parseEntry } from './entry.ts';

test.each([
  ['@a/b', { kind: 'installed', name: '@a/b' }],
  ['@a/b@1.2.3', { kind: 'installed', name: '@a/b', range: '1.2.3' }],
  ['@a/b@^1.2 || ~2', { kind: 'installed', name: '@a/b', range: '^1.2 || ~2' }],
  ['./folder', { kind: 'folder', path: './folder' }],
  ['../folder', { kind: 'folder', path: '../folder' }],
  ['/folder', { kind: 'folder', path: '/folder' }],
  [
    { name: '@a/b', version: '^1' },
    { kind: 'installed', name: '@a/b', range: '^1' },
  ],
  [
    { name: '@a/b@2.0.0', enabled: false },
    { kind: 'installed', range: '2.0.0', enabled: false },
  ],
  [
    { name: './folder', config: { a: 1 } },
    { kind: 'folder', config: { a: 1 } },
  ],
  [
    { name: '@a/b', isolation: 'none', loadTimeoutMs: 5 },
    { isolation: 'none', loadTimeoutMs: 5 },
  ],
])('reads %j', (entry, expected) => {
  expect(parseEntry(entry)).toMatchObject(expected);
});

test.each([
  [undefined],
  [null],
  [7],
  [[]],
  [''],
  ['folder'],
  ['@a'],
  ['@a/b@'],
  ['@a/b@latest'],
  ['@A/b'],
  ['a/b'],
  ['.'],
  [{}],
  [{ name: 1 }],
  [{ name: '@a/b', version: '' }],
  [{ name: '@a/b', version: 1 }],
  [{ name: '@a/b@1.0.0', version: '1.0.0' }],
  [{ name: '@a/b', config: [] }],
  [{ name: '@a/b', config: null }],
  [{ name: '@a/b', enabled: 'no' }],
  [{ name: '@a/b', isolation: 'vm' }],
  [{ name: '@a/b', loadTimeoutMs: 0 }],
  [{ name: '@a/b', loadTimeoutMs: 1e9 }],
  [{ name: '@a/b', options: {} }],
])('refuses %j with PLUGIN_ENTRY_INVALID', (entry) => {
  expect(() => parseEntry(entry)).toThrow(expect.objectContaining({ code: 'PLUGIN_ENTRY_INVALID' }));
});

test('suggests the key that was meant', () => {
  expect(() => parseEntry({ name: '@a/b', isolaton: 'none' })).toThrow(
    expect.objectContaining({
      facts: expect.objectContaining({ problem: expect.stringContaining('`isolation`') as string }) as object,
    }),
  );
});

test('never throws anything but PLUGIN_ENTRY_INVALID', () => {
  assert(property(anything(), (entry) => thrownBy(() => parseEntry(entry)) !== 'another error'));
});

function thrownBy(act: () => unknown): 'nothing' | 'ours' | 'another error' {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return hasCode(error, 'PLUGIN_ENTRY_INVALID') ? 'ours' : 'another error';
  }
}

test('labels an entry in one line, whatever it is', () => {
  const circular: unknown[] = [];
  circular.push(circular);
  expect(labelOf(circular)).toBe('object');
  expect(labelOf('a\u001b[2J\nb')).toBe('a b');
  expect(labelOf({ name: '@a/b', config: { secret: 'x' } })).toBe('@a/b');
});
