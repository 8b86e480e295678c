import * as fc from 'fast-check';
import { displayWidth } from '@ar-registry/core/width';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../text.ts';
import { renderMarkdown } from './render.ts';

function plain(text: string, width = 40): string {
  return renderPage(renderMarkdown(text, width), { color: false }).replace(/\n$/, '');
}

function colored(text: string): string {
  return renderPage(renderMarkdown(text, 40), { color: true });
}

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => displayWidth(line)));
}

describe('renderMarkdown', () => {
  it.each([
    ['headings', '# One\n\nTwo\n---\n', '# One\n\n## Two'],
    ['paragraphs', 'one\ntwo\n\nthree  \nfour', 'one two\n\nthree\nfour'],
    ['emphasis', '*a* **b** ~~c~~ `d`', 'a b c d'],
    ['a tight list', '- a\n- b\n  - c', '  • a\n  • b\n      • c'],
    ['a loose list', '3. a\n\n   b\n4. c', '  3. a\n\n     b\n\n  4. c'],
    ['tasks', '- [ ] a\n- [x] b\n- [y] c', '  • ☐ a\n  • ☑ b\n  • [y] c'],
    ['quotes', '> a\n>\n> > b', '│ a\n│\n│ │ b'],
    ['code', '```js\nlet a;\n\n  b\n```', '    let a;\n\n      b'],
    ['indented code', '    a  b', '    a  b'],
    ['links', '[docs](https://example.com/a)', 'docs (https://example.com/a)'],
    ['addresses', '<https://example.com> <a@example.com>', 'https://example.com a@example.com'],
    ['links within', '[up](#top)', 'up'],
    ['images', '![logo](https://example.com/l.png)', '[logo] (https://example.com/l.png)'],
    ['badges', '[![build](https://a.example/b.svg)](https://c.example)', '[build] (https://c.example)'],
    ['rules', 'a\n\n***\n', `a\n\n${'─'.repeat(40)}`],
    ['HTML, as it is written', '<b>a</b>', '<b>a</b>'],
    ['nothing', '', ''],
  ])('shows %s', (_what, text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('shows what is emphasised, where colours are', () => {
    expect(colored('**a** *b* [c](https://d.example)')).toBe(
      '\u001b[1ma\u001b[0m \u001b[3mb\u001b[0m \u001b[4mc\u001b[0m \u001b[2m(https://d.example)\u001b[0m\n',
    );
  });

  it('sets tables side by side, in more lines where they are wide, and as records where they do not fit', () => {
    const table = '| key | what it does |\n|--|--|\n| `A` | one two three four five six seven |\n| B | x |';
    expect(plain(table)).toBe(
      [
        'key │ what it does',
        '────┼───────────────────────────────────',
        'A   │ one two three four five six seven',
        'B   │ x',
      ]
        .join('\n')
        .replace('────┼───────────────────────────────────', `────┼─${'─'.repeat(33)}`),
    );
    expect(longest(plain(table, 24))).toBeLessThanOrEqual(24);
    expect(plain(table, 24)).toContain('five six');
    const wide = `|${'a|'.repeat(8)}\n|${'-|'.repeat(8)}\n|${'value|'.repeat(8)}`;
    expect(plain(wide, 30).split('\n')).toEqual(Array.from({ length: 8 }, () => 'a: value'));
  });

  it('fits the width by what characters take there, and cuts no address', () => {
    expect(longest(plain('日本語のとても長い文章'.repeat(20), 30))).toBeLessThanOrEqual(30);
    expect(longest(plain('word '.repeat(100), 30))).toBeLessThanOrEqual(30);
    expect(longest(plain(`> - ${'word '.repeat(100)}`, 30))).toBeLessThanOrEqual(30);
    const address = `https://example.com/${'a'.repeat(80)}`;
    expect(plain(`see [this](${address}) now`, 30)).toContain(`(${address})`);
  });

  it('never lets the text act on the terminal', () => {
    const acts = [
      '\u001b[2J',
      '\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007',
      '\u009b31m',
      '\r',
      '\u0007',
      '\u202e',
    ];
    const hostile = [
      ...acts.map((one) => `a ${one} b \`${one}\` [${one}](https://a.example/${one}) ![${one}](b "${one}")`),
      ...acts.map((one) => `\`\`\`${one}\n${one}\n\`\`\``),
      ...acts.map((one) => `# ${one}\n\n|${one}|\n|-|\n|${one}|`),
      '&#27;[31m &#x9b;31m &#x202e;',
    ].join('\n\n');
    // oxlint-disable-next-line no-control-regex -- none of these may come through
    expect(plain(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  it('shows where a link leads, also where its text says another address', () => {
    expect(plain('[https://good.example](https://evil.example)', 80)).toBe(
      'https://good.example (https://evil.example)',
    );
    expect(plain('[a](javascript:alert(1))')).toBe('[a](javascript:alert(1))');
  });

  it.each([
    ['quotes in quotes', '>'.repeat(50_000)],
    ['lists in lists', '- '.repeat(20_000)],
    ['open brackets', '['.repeat(50_000)],
    ['links in links', '[a]('.repeat(50_000)],
    ['stars', '*a '.repeat(50_000)],
    ['stars and lines', '*_'.repeat(50_000)],
    ['ticks', Array.from({ length: 600 }, (_, index) => '`'.repeat(index + 1)).join(' ')],
    ['angles', '<'.repeat(100_000)],
    ['entities', '&'.repeat(100_000)],
    ['a wide table', `|${'a|'.repeat(20_000)}\n|${'-|'.repeat(20_000)}\n`],
    ['a long table', `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(20_000)}`],
    ['a table that grows by itself', `|${'a|'.repeat(2_000)}\n|${'-|'.repeat(2_000)}\n${'|\n'.repeat(2_000)}`],
    ['an address used often', `[a]: https://example.com/${'x'.repeat(10_000)}\n\n${'[a] '.repeat(20_000)}`],
    ['one long word', 'x'.repeat(500_000)],
    ['lines', 'a\n\n'.repeat(50_000)],
    ['more than is rendered', '# a\n'.repeat(500_000)],
  ])(
    'comes to an end with %s, and to no more than it was given times a little',
    (_what, text) => {
      expect(plain(text).length).toBeLessThan(8 * 1024 * 1024);
    },
    // What is quadratic would take minutes; the machine may be busy.
    30_000,
  );

  it('makes lines of any text, of any width', () => {
    const parts = fc.constantFrom(
      '# ',
      '- ',
      '> ',
      '\n',
      '\n\n',
      'word',
      ' ',
      '|',
      '|-|',
      '`',
      '```\n',
      '*',
      '[',
      '](b)',
      '1. ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), (texts, width) => {
        expect(plain(texts.join(''), width)).toBeTypeOf('string');
      }),
    );
  });
});
