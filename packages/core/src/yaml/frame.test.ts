import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../width/index.ts';
import { frameOf } from './index.ts';

/** The caret's column on the screen, and the text from there on. */
function pointed(text: string, line: number, column: number): { indent: number; row: string } {
  const [row = '', caret = ''] = frameOf(text, line, column).split('\n');
  expect(caret).toMatch(/^ *\^$/);
  return { indent: caret.length - 1, row };
}

describe('frameOf', () => {
  it('puts the caret under the place', () => {
    expect(frameOf('a: 1\nbc: 2\n', 2, 5)).toBe('bc: 2\n    ^');
  });

  it('leaves the carriage return out', () => {
    expect(frameOf('a: 1\r\nb: 2\r\n', 1, 4)).toBe('a: 1\n   ^');
  });

  it('shows a tab as one column, so that the caret fits', () => {
    expect(frameOf('\ta:\tb', 1, 5)).toBe(' a: b\n    ^');
  });

  it('counts wide characters as the two columns they take', () => {
    expect(frameOf('名前: x', 1, 5)).toBe('名前: x\n      ^');
    expect(frameOf('👍: x', 1, 5)).toBe('👍: x\n    ^');
  });

  it('counts combining marks as none', () => {
    expect(frameOf('e\u0301: x', 1, 5)).toBe('e\u0301: x\n   ^');
  });

  it('blanks what would move or hide text', () => {
    expect(frameOf('a\u001b[2J\u202eb: x', 1, 9)).toBe('a [2J b: x\n        ^');
  });

  it('cuts a long line around the caret', () => {
    const text = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
    const { indent, row } = pointed(text, 1, 501);
    expect(row[indent]).toBe('X');
    expect(row.length).toBeLessThanOrEqual(100);
  });

  it('does not cut a character in half', () => {
    for (let column = 1; column < 400; column += 1)
      expect(frameOf('👍'.repeat(200), 1, column).isWellFormed()).toBe(true);
  });

  it('stays at the end of the line for a place beyond it', () => {
    expect(frameOf('ab', 1, 99)).toBe('ab\n  ^');
    expect(frameOf('ab', 9, 1)).toBe('\n^');
  });

  it('points at the character that was meant, in any line of plain text', () => {
    const char = fc.constantFrom('a', 'b', ' ', '\t', '日', '👍', '\u001b', '\u202e');
    fc.assert(
      fc.property(fc.array(char, { minLength: 1, maxLength: 200 }), fc.nat(), (parts, pick) => {
        const index = pick % parts.length;
        const before = parts.slice(0, index).join('');
        const { indent, row } = pointed(parts.join(''), 1, before.length + 1);
        expect(indent).toBeLessThanOrEqual(200);
        let width = 0;
        let rest = '';
        for (const character of row) {
          if (width >= indent) rest += character;
          width += displayWidth(character);
        }
        const meant = /[\p{Cc}\p{Cf}]/u.test(parts[index] ?? '') ? ' ' : parts[index];
        expect(rest.startsWith(meant ?? '')).toBe(true);
      }),
    );
  });
});
