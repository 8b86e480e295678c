import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { README_LIMIT_BYTES, createReadmeRenderer } from './render-readme.ts';

const renderReadme = createReadmeRenderer();

describe('a README', () => {
  it('renders what READMEs are made of', () => {
    const html = renderReadme(
      '# Title\n\nSome *text* and `code`.\n\n- one\n- two\n\n| a | b |\n|:-:|---|\n| 1 | 2 |\n',
    );
    expect(html).toContain('<h1>Title</h1>');
    expect(html).toContain('<em>text</em>');
    expect(html).toContain('<li>one</li>');
    expect(html).toContain('<th class="align-center">a</th>');
  });

  it('gives links an attribute that says that nobody vouches for them', () => {
    expect(renderReadme('[a](https://example.com "t") <https://x.test> <me@x.test>')).toBe(
      '<p><a href="https://example.com" title="t" rel="nofollow ugc noopener">a</a> ' +
        '<a href="https://x.test" rel="nofollow ugc noopener">https://x.test</a> ' +
        '<a href="mailto:me@x.test" rel="nofollow ugc noopener">me@x.test</a></p>\n',
    );
  });

  it.each([
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](&#106;avascript:alert(1))',
    '[a](vbscript:x)',
    '[a](data:text/html,<script>alert(1)</script>)',
    '[a](//evil.example)',
    '[a](./docs/x.md)',
    '[a](#top)',
    '[a](file:///etc/passwd)',
    '<javascript:alert(1)>',
    '![a](javascript:alert(1))',
    '[a]: javascript:alert(1)\n\n[a]',
  ])('makes no link of %s', (text) => {
    expect(renderReadme(text)).not.toMatch(/<a|href|src/);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<svg/onload=alert(1)>',
    '<style>*{display:none}</style>',
    '<iframe srcdoc="x"></iframe>',
    '<!-- x --><b>',
    '`<script>`',
    '```<script>\n</code><script>\n```',
    '[<img src=x onerror=alert(1)>](https://x.test)',
    '[a](https://x.test/"onmouseover="alert(1))',
    "[a](https://x.test '\"><script>alert(1)</script>')",
  ])('lets no markup of %s pass', (text) => {
    const html = renderReadme(text);
    const allowed = /<\/?(?:p|a|code|pre|em|strong)(?: (?:href|title|rel|class)="[^"<>]*")*>/g;
    expect(html.replaceAll(allowed, '')).not.toMatch(/[<>]/);
  });

  it('loads no image, but leads to it', () => {
    expect(renderReadme('![Badge](https://ci.example/badge.svg)')).toBe(
      '<p><a href="https://ci.example/badge.svg" rel="nofollow ugc noopener">Badge</a></p>\n',
    );
    expect(renderReadme('[![Badge](https://ci.example/badge.svg)](https://ci.example)')).toBe(
      '<p><a href="https://ci.example" rel="nofollow ugc noopener">Badge</a></p>\n',
    );
    expect(renderReadme('![](./local.png)')).toBe('<p>image</p>\n');
  });

  it('shows as text what is too long', () => {
    const html = renderReadme(`# ${'x'.repeat(README_LIMIT_BYTES)}<b>`);
    expect(html).toMatch(/^<pre># x/);
    expect(html).not.toContain('<b>');
  });

  it('shows as text what would become far larger', () => {
    const html = renderReadme(`[a]: https://x.test/${'y'.repeat(200_000)}\n\n${'[a] '.repeat(60_000)}`);
    expect(html).toMatch(/^<pre>/);
  });

  const half = README_LIMIT_BYTES / 2;
  it.each<[string, string]>([
    ['brackets', '['.repeat(half * 2)],
    ['images', '!['.repeat(half)],
    ['unfinished links', '[a](<b'.repeat(half / 3)],
    ['nested links', `${'['.repeat(half / 2)}a${'](b)'.repeat(half / 4)}`],
    ['emphasis', '*a_b'.repeat(half / 2)],
    ['stars', '*a **b '.repeat(half / 4)],
    [
      'backticks',
      Array.from({ length: 1000 }, (_, index) => `${'`'.repeat(index)}x`)
        .join('')
        .slice(0, half * 2),
    ],
    ['quotes', '> '.repeat(half)],
    ['lists', Array.from({ length: 700 }, (_, index) => `${' '.repeat(index * 2)}- a`).join('\n')],
    ['list markers', '- '.repeat(half)],
    [
      'definitions',
      Array.from({ length: 60_000 }, (_, index) => `[${index}]: a`)
        .join('\n')
        .slice(0, half * 2),
    ],
    ['broad tables', `${'|a'.repeat(half / 4)}\n${'|-'.repeat(half / 4)}\n${'|a'.repeat(half / 4)}`],
    ['uneven tables', `|${'a|'.repeat(1000)}\n|${'-|'.repeat(1000)}\n${'|a\n'.repeat(half / 2)}`],
    ['titles', '[a](b "'.repeat(half / 4)],
    ['parentheses', `[a](${'('.repeat(half)}`],
    ['entities', '&'.repeat(half * 2)],
  ])('does not hang on %s', (_title, text) => {
    const before = performance.now();
    renderReadme(text);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('never throws, and lets no scheme but three into an address', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      '"',
      "'",
      'javascript:',
      'https://x',
      '&#x6A;',
      '\n',
      '`',
      '|',
      '-',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const [, address] of renderReadme(pieces.join('')).matchAll(/(?:href|src)="([^"]*)"/g))
          expect(address).toMatch(/^(?:https?:\/\/|mailto:)/);
      }),
      { numRuns: 2000 },
    );
  });
});
