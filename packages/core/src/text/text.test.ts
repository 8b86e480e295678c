import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideCredentials, maskPasswords, printableJson, stripControl, toSingleLine, truncate } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

const ANY = fc.string({ unit: 'binary', maxLength: 200 });
/** Text in which escape sequences are likely. */
const HOSTILE = fc
  .array(
    fc.constantFrom('\u001b', '[', ']', 'P', '\u009b', '\u009d', '\u0007', '\\', '0;', 'm', 'a', '\r', '\n', '\u202e'),
  )
  .map((parts) => parts.join(''));

describe('stripControl', () => {
  it.each([
    ['colours', 'a\u001b[31mred\u001b[0m', 'ared'],
    ['cursor movement', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['a CSI of one character', 'a\u009b31mb', 'ab'],
    ['a window title', 'a\u001b]0;title\u0007b', 'ab'],
    ['a link that ends in ST', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a device control string', 'a\u001bPq#0;2\u001b\\b', 'ab'],
    ['two-character sequences', 'a\u001bcb\u001b(Bc', 'abc'],
    ['carriage returns', 'good\rbad', 'goodbad'],
    ['backspaces and bells', 'a\u0008\u0007b', 'ab'],
    ['bidirectional controls', 'a\u202eb\u2066c\u2069', 'abc'],
    ['zero-width characters', 'a\u200bb\ufeffc\u2060d\u00ade', 'abcde'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'abc'],
    ['invisible tag characters', 'a\u{e0041}\u{e007f}b', 'ab'],
    ['halves of characters', 'a\ud800b\udc00c', 'abc'],
  ])('removes %s', (_what, text, clean) => {
    expect(stripControl(text)).toBe(clean);
  });

  it('keeps tabs, line feeds, and the text of every language', () => {
    const text = 'a\tb\nçøΩ日本語 👍🏽 שלום';
    expect(stripControl(text)).toBe(text);
  });

  it('finds what is to be removed in the midst of any text, however plain', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', ' ', '~', '\t', 'é', 'ÿ', '–', '…', '’') });
    const removed = fc.constantFrom(
      '\u0000',
      '\r',
      '\u007f',
      '\u0085',
      '\u00ad',
      '\u200b',
      '\u200f',
      '\u2028',
      '\u202e',
    );
    fc.assert(
      fc.property(plain, removed, plain, (before, control, after) => {
        expect(stripControl(before + control + after)).toBe(before + after);
      }),
    );
  });

  it('does not let an open sequence swallow what follows', () => {
    expect(stripControl('\u001b]0;evil. The archive is damaged')).toContain('The archive is damaged');
  });

  it('leaves nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.oneof(ANY, HOSTILE), (text) => {
        expect(stripControl(text)).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});

describe('toSingleLine', () => {
  it('makes one space of all white space', () => {
    expect(toSingleLine(' a\r\n\tb\u00a0 c\n')).toBe('a b c');
  });

  it('is one line, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(ANY, HOSTILE), (text) => {
        expect(toSingleLine(text)).not.toMatch(/[\n\r\t\u2028\u2029]/);
      }),
    );
  });
});

describe('truncate', () => {
  it('keeps short text', () => {
    expect(truncate('abc', 3)).toBe('abc');
  });

  it('ends longer text in an ellipsis', () => {
    expect(truncate('abcd', 3)).toBe('ab…');
  });

  it('does not split a character', () => {
    expect(truncate('a👍b', 3)).toBe('a…');
  });

  it('is never longer than asked for, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const cut = truncate(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('hideCredentials', () => {
  it.each([
    ['https://user:secret@example.com/x', 'https://example.com/x'],
    ['https://secret@example.com', 'https://example.com'],
    ['https://user:p@ss@example.com/x', 'https://example.com/x'],
    ['https://:secret@example.com', 'https://example.com'],
    ['https://us%40er:s3cret@example.com', 'https://example.com'],
    ['git+ssh://git@example.com/x.git and ftp://a:b@c', 'git+ssh://example.com/x.git and ftp://c'],
  ])('makes of %s', (text, clean) => {
    expect(hideCredentials(text)).toBe(clean);
  });

  it.each([
    'https://example.com/@acme/hello',
    'https://example.com/?mail=a@b.c',
    'a@b.c',
    'https://example.com see a@b',
  ])('leaves %s as it is', (text) => {
    expect(hideCredentials(text)).toBe(text);
  });
});

describe('maskPasswords', () => {
  it.each([
    ['postgres://user:secret@example.com:5432/db', 'postgres://user:***@example.com:5432/db'],
    ['redis://:secret@example.com', 'redis://:***@example.com'],
    ['https://user:p@ss/word?#:@example.com/x', 'https://user:***@example.com/x'],
    ['https://user:80secret@example.com', 'https://user:***@example.com'],
    ['https://ghp_token@example.com/x', 'https://***@example.com/x'],
    ['first a://b:c@d, then HTTP://e:f@g', 'first a://b:***@d, then HTTP://e:***@g'],
    ['http://a:80/,https://user:secret@b', 'http://a:80/,https://user:***@b'],
  ])('makes of %s', (text, masked) => {
    expect(maskPasswords(text)).toBe(masked);
  });

  it.each(['https://example.com/a:b@c', 'http://example.com:8080/@acme', 'ssh://git@example.com/x', 'a:b@c', ''])(
    'leaves %j as it is',
    (text) => {
      expect(maskPasswords(text)).toBe(text);
    },
  );
});

describe('printableJson', () => {
  it('escapes what a terminal would act on, or nobody would see', () => {
    const text = 'a\u0000\u001b[31m\u007f\u0085\u009b\u00ad\u200b\u202e\u2028\u2066\u3164\ufeff\u{e0041}\ud800z\té界';
    const json = printableJson({ [text]: [text] }, 2);
    expect(json).toMatch(/^[\n\u0020-\u007eé界]*$/u);
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
  });

  it('is the same value, and every line of it can be shown', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = printableJson(value, 2);
        expect(stripControl(json)).toBe(json);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('characters that need no looking at', () => {
  const characters = Array.from({ length: 0x11_0000 }, (_, codePoint) => String.fromCodePoint(codePoint));

  it('are none that are cleaned away', () => {
    const removed = characters.filter((character) => stripControl(character) === '');
    expect(removed).toEqual(
      characters.filter((character) => /^(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]$/u.test(character)),
    );
  });

  it('are none that JSON must not show', () => {
    const hidden = characters.filter((character) => /\\u/.test(printableJson(character)));
    expect(hidden.filter((character) => character > '\u001f')).toEqual(
      characters.filter(
        (character) =>
          character > '\u001f' && /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u.test(character),
      ),
    );
  });
});

describe('cleaning', () => {
  const LENGTH = 64 * 1024;
  it.each([
    'a',
    '://',
    'a://b',
    'a.',
    '\u001b',
    '\u001b[',
    '\u001b[0',
    '\u009d',
    '\u001b]',
    '\u001b]a',
    ' ',
    '@',
    '\u001b ',
    '://a@',
  ])('takes a moment for 64 KiB of %j', (part) => {
    const text = part.repeat(LENGTH / part.length);
    const started = cpuMs();
    for (const clean of [stripControl, toSingleLine, hideCredentials, maskPasswords, printableJson]) clean(text);
    expect(cpuMs() - started).toBeLessThan(500);
  });
});
