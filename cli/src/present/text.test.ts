import { displayWidth } from '@ar-registry/core/width';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fields, shorten, table } from './table.ts';
import { renderPage, strong, textLines, toned } from './text.ts';

const HOSTILE = 'a\u001b[2Jb\u001b]0;title\u0007c\u009b31md\u0000e\rf\ng\u202eh\u200bi';

describe('rendering', () => {
  it('tones words where colour is on, and only there', () => {
    const page = [['x ', strong('y')], toned('', 'bad')];
    expect(renderPage(page, { color: true })).toBe('x \u001b[1my\u001b[0m\n\n');
    expect(renderPage(page, { color: false })).toBe('x y\n\n');
  });

  it('lets nothing through that a terminal acts on, toned or not', () => {
    const text = renderPage([HOSTILE, strong(HOSTILE), [HOSTILE, toned(HOSTILE, 'name')]], { color: false });
    // oxlint-disable-next-line no-control-regex -- controls are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
    expect(text.split('\n')).toHaveLength(4);
  });

  it('adds its own sequences and no others, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rendered = renderPage([toned(text, 'bad')], { color: true });
        const own = rendered.replace('\u001b[31m', '').replace('\u001b[0m', '').slice(0, -1);
        // oxlint-disable-next-line no-control-regex -- as above
        expect(own).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('keeps the lines of longer text, each cleaned', () => {
    expect(textLines('a\r\n\tb\u001b[1m\n\nc\n\n')).toEqual(['a', '  b', '', 'c']);
  });
});

describe('tables', () => {
  const rows = [
    [toned('NAME', 'quiet'), 'DESCRIPTION'],
    ['@acme/hello', '日本語の説明です。とても長い。'],
    ['@acme/b', 'x'.repeat(200)],
  ];

  it.each([20, 40, 79])('fit %i columns', (width) => {
    const lines = renderPage(table(rows, width), { color: false }).trimEnd().split('\n');
    // CJK characters take two columns each.
    const columns = lines.map((line) => line.length + (line.match(/[\u3000-\u9fff\uff00-\uff60]/g)?.length ?? 0));
    expect(Math.max(...columns)).toBeLessThanOrEqual(width);
  });

  it('shorten the widest column first and leave names whole as long as they can', () => {
    expect(renderPage(table(rows, 40), { color: false })).toContain('@acme/hello  ');
  });

  it('have what a row is about whole, and the others below it where there is no place beside it', () => {
    const wide = [
      ['NAME', 'VERSION', 'TYPE', 'DESCRIPTION'],
      ['@acme/message-analytics', '1.0.0', 'widget', 'x'.repeat(200)],
    ];
    expect(renderPage(table(wide, 40), { color: false }).trimEnd().split('\n')).toEqual([
      'NAME',
      '  VERSION  TYPE    DESCRIPTION',
      '@acme/message-analytics',
      `  1.0.0    widget  ${'x'.repeat(20)}…`,
    ]);
    expect(renderPage(table(wide, 60), { color: false })).toContain('@acme/message-analytics  1.0.0    widget  xxx');
  });

  it('fit any terminal, whatever they hold', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 6 })), fc.integer({ min: 12, max: 100 }), (any, width) => {
        const lines = renderPage(table(any, width), { color: false }).split('\n');
        expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('are not shortened where there is no terminal', () => {
    expect(renderPage(table(rows, Number.POSITIVE_INFINITY), { color: false })).toContain('x'.repeat(200));
  });

  it('align cells that hold control characters', () => {
    const [first, second] = renderPage(
      table(
        [
          ['a\u001b[31mb', 'x'],
          ['ab', 'y'],
        ],
        80,
      ),
      { color: false },
    ).split('\n');
    expect(first?.indexOf('x')).toBe(second?.indexOf('y'));
  });

  it('may be empty', () => {
    expect(table([], 80)).toEqual([]);
    expect(fields([])).toEqual([]);
  });

  it('never cut inside of what a person sees as one character', () => {
    expect(shorten('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
    expect(shorten('abc', 3)).toBe('abc');
  });
});
