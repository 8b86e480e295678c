import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ARCHIVE_LIMITS } from './limits.ts';
import { checkPackagePath, foldPath, showPath } from './path.ts';

const check = (path: string) => checkPackagePath(path, DEFAULT_ARCHIVE_LIMITS);

describe('checkPackagePath', () => {
  test.each([
    'index.js',
    'dist/lib/index.js',
    '.eslintrc',
    'a..b',
    'console.js',
    'auxiliary',
    'com10',
    'node_modules.md',
    '.github/ci.yml',
    '.gitignore',
    'café/日本.js',
    'a b.txt',
    'git~x',
  ])('accepts %j', (path) => {
    expect(check(path)).toBeUndefined();
  });

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    'a/./b',
    '..',
    'a/../b',
    'a\\b',
    'c:a',
    'a:b',
    'a\u0000b',
    'a\nb',
    'a\u0085b',
    'a\u200bb',
    'a\u202eb',
    'a\u2028b',
    'a\ud800b',
    'a\ufffdb',
    'cafe\u0301',
    'con',
    'lib/CON.txt',
    'prn .txt',
    'lpt9',
    'COM\u00b2.js',
    'conin$',
    'a./b',
    'a ',
    '...',
    'a?b',
    'a|b',
    'a<b',
    'node_modules/a.js',
    'lib/NODE_MODULES/a.js',
    '.GIT/config',
    'git~2/config',
  ])('refuses %j', (path) => {
    expect(check(path)).toBeDefined();
  });

  test('measures bytes, not characters', () => {
    expect(check('é'.repeat(127))).toBeUndefined();
    expect(check('é'.repeat(128))).toBeDefined();
  });

  test('allows as many levels as the limit says and no more', () => {
    expect(check(`${'d/'.repeat(15)}a`)).toBeUndefined();
    expect(check(`${'d/'.repeat(16)}a`)).toBeDefined();
  });

  test('never throws, and lets no path with a climbing or empty part pass', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'b.js', '\\', 'C:', '\0', 'con', '.git');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const accepted = check(parts.join('/')) === undefined;
        const plain = parts.length > 0 && parts.every((name) => ['a', 'b.js'].includes(name));
        expect(accepted).toBe(plain);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        check(path);
      }),
    );
  });
});

describe('foldPath', () => {
  test.each([
    ['README.md', 'readme.MD'],
    ['straße', 'STRASSE'],
    ['café', 'CAFE\u0301'],
    ['ſ', 's'],
    ['\u212a', 'k'],
    ['ﬁ', 'fi'],
  ])('%j and %j are one path', (a, b) => {
    expect(foldPath(a)).toBe(foldPath(b));
  });

  test('different names stay different', () => {
    expect(foldPath('a.js')).not.toBe(foldPath('b.js'));
  });
});

describe('showPath', () => {
  test('leaves an ordinary path as it is', () => {
    expect(showPath('dist/café.js')).toBe('dist/café.js');
  });

  test('lets no control or invisible character through, and stays short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (path) => {
        const shown = showPath(path);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(120);
      }),
    );
  });
});
