import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadmePlace } from './address.ts';
import { README_LIMIT_BYTES } from './limits.ts';
import { README_RENDERING, createRenderReadme } from './render-readme.ts';

const render = createRenderReadme();
const PLACE: ReadmePlace = {
  repository: 'https://github.com/acme/tools/',
  top: 'https://github.com/acme/tools/blob/abc/',
  folder: 'https://github.com/acme/tools/blob/abc/audit/',
};
const REL = 'rel="nofollow ugc noopener"';
const half = README_LIMIT_BYTES / 2;

describe('a README', () => {
  it.each([
    ['text', 'Some *text*, `code`, ~~old~~.', '<p>Some <em>text</em>, <code>code</code>, <del>old</del>.</p>'],
    [
      'headings below that of the page',
      '# A\n\n### B',
      '<h2 id="user-content-a">A</h2>\n<h3 id="user-content-b">B</h3>',
    ],
    ['headings of one name', '# A\n\n# A', '<h2 id="user-content-a">A</h2>\n<h2 id="user-content-a-1">A</h2>'],
    ['links to headings', '[a](#Ünï)', '<p><a href="#user-content-%C3%9Cn%C3%AF">a</a></p>'],
    ['a heading without text as nothing', 'a\n\n#\n', '<p>a</p>'],
    [
      'task lists',
      '- [x] a',
      '<ul class="contains-task-list">\n<li class="task-list-item"><span class="task task-done" role="img" aria-label="Done">☑</span> a</li>\n</ul>',
    ],
    [
      'alerts',
      '> [!TIP]\n> Read on.',
      '<div class="alert alert-tip"><p class="alert-title">Tip</p>\n<p>Read on.</p>\n</div>',
    ],
    [
      'details',
      '<details><summary>More</summary>\n\n**x**\n\n</details>',
      '<details><summary>More</summary>\n<p><strong>x</strong></p>\n</details>',
    ],
    ['what is centred', '<p align="center">a</p>', '<p class="align-center">a</p>'],
    [
      'code in colours',
      '```js\nnull\n```',
      '<pre tabindex="0"><code class="language-js"><span class="hljs-literal">null</span>\n</code></pre>',
    ],
    [
      'code of an unknown language',
      '```abc\n<b>\n```',
      '<pre tabindex="0"><code class="language-abc">&#x3C;b>\n</code></pre>',
    ],
    ['keys', '<kbd>a</kbd> H<sub>2</sub>O', '<p><kbd>a</kbd> H<sub>2</sub>O</p>'],
  ])('shows %s', (_title, text, html) => {
    expect(render(text, undefined)).toBe(`${html}\n`);
  });

  it('shows tables in what scrolls, aligned by classes', () => {
    const html = render('| a | b |\n|:-:|---|\n| 1 | 2 |\n', undefined);
    expect(html).toMatch(/^<div class="table-scroll" tabindex="0"><table>/);
    expect(html).toContain('<th class="align-center">a</th>');
  });

  it('shows footnotes, with links both ways', () => {
    const html = render('a[^n]\n\n[^n]: b', undefined);
    expect(html).toContain('href="#user-content-fn-n"');
    expect(html).toContain('<li id="user-content-fn-n">');
    expect(html).toContain('href="#user-content-fnref-n"');
  });

  it.each([
    ['https://x.test/a?b#c', 'https://x.test/a?b#c'],
    ['http://x.test', 'http://x.test/'],
    ['mailto:me@x.test', 'mailto:me@x.test'],
    ['//x.test/a', 'https://x.test/a'],
    ['docs/a.md#b', 'https://github.com/acme/tools/blob/abc/audit/docs/a.md#b'],
    ['../LICENSE', 'https://github.com/acme/tools/blob/abc/LICENSE'],
    ['/LICENSE', 'https://github.com/acme/tools/blob/abc/LICENSE'],
    ['../../../issues', 'https://github.com/acme/tools/issues'],
  ])('links %s', (address, href) => {
    expect(render(`[a](${address} "t")`, PLACE)).toBe(`<p><a title="t" href="${href}" ${REL}>a</a></p>\n`);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'https://user:pass@x.test',
    'https://bank.example@x.test',
    '../../../../../evil',
    '#',
    `https://x.test/${'y'.repeat(3000)}`,
  ])('makes no link of %s', (address) => {
    expect(render(`[a](${address})`, PLACE)).toBe('<p>a</p>\n');
  });

  it('makes no link of a relative address where it is not known where the README stands', () => {
    expect(render('[a](docs/a.md) [b](/c)', undefined)).toBe('<p>a b</p>\n');
  });

  it.each([
    ['![Badge](https://ci.test/b.svg)', `<a class="image" href="https://ci.test/b.svg" ${REL}>Badge</a>`],
    [
      '[![Badge](https://ci.test/b.svg)](https://ci.test/)',
      `<a href="https://ci.test/" ${REL}><span class="image">Badge</span></a>`,
    ],
    ['![](shot.png)', `<a class="image" href="https://github.com/acme/tools/blob/abc/audit/shot.png" ${REL}>image</a>`],
    ['![a](http://x.test/a.png)', '<span class="image">a</span>'],
  ])('loads no image of %s, but leads to it', (text, html) => {
    expect(render(text, PLACE)).toBe(`<p>${html}</p>\n`);
  });

  it('has no text that reads otherwise than it is', () => {
    const html = render('a\u202eb\u200bc &#x202e; \u{e0041} `d\u2066` e\u200dn فارسی\u200cها', undefined);
    expect(html).toBe('<p>abc   <code>d</code> e\u200dn فارسی\u200cها</p>\n');
    expect(render(`e${'\u0301'.repeat(100)}`, undefined)).toBe(`<p>e${'\u0301'.repeat(8)}</p>\n`);
  });

  it('gives an id once, and only one that can be linked to', () => {
    const html = render('<a id="x">a</a><b id="x">b</b><i id="a b">c</i>\n\n# X', undefined);
    expect([...html.matchAll(/id="([^"]*)"/g)].map(([, id]) => id)).toEqual(['user-content-x', 'user-content-x-1']);
  });

  it.each([
    ['what is too long', 'x'.repeat(README_LIMIT_BYTES + 1)],
    ['too many tags', '<b>'.repeat(10_001)],
    ['too deep quotes', '> '.repeat(half)],
    ['too deep lists', `${'1. '.repeat(200)}a`],
    ['uneven tables', `|${'a|'.repeat(1000)}\n|${'-|'.repeat(1000)}\n${'|a\n'.repeat(half / 4)}`],
    ['too many footnotes', '[^1]'.repeat(3000)],
    ['too many nodes', '*a_b'.repeat(half / 2)],
    ['what would become far larger', '&'.repeat(half * 2)],
  ])('shows %s as plain text', (_title, text) => {
    const html = render(text, undefined);
    expect(html).toMatch(/^<pre tabindex="0">/);
    expect(html.replace(/^<pre tabindex="0">|<\/pre>\n$/g, '')).not.toMatch(/[<>]/);
  });

  it.each([
    ['brackets', '['.repeat(half * 2)],
    ['images', '!['.repeat(half)],
    ['unfinished links', '[a](<b'.repeat(half / 3)],
    ['nested links', `${'['.repeat(half / 2)}a${'](b)'.repeat(half / 4)}`],
    ['stars', '*a **b '.repeat(half / 4)],
    ['backticks', Array.from({ length: 1000 }, (_, index) => `${'`'.repeat(index)}x`).join('')],
    ['nested lists', Array.from({ length: 700 }, (_, index) => `${' '.repeat(index * 2)}- a`).join('\n')],
    ['nested tags', '<div>'.repeat(9000)],
    ['formatting tags', '<p><b><i><a href=x><font>'.repeat(2000)],
    [
      'definitions',
      Array.from({ length: 60_000 }, (_, index) => `[${index}]: a`)
        .join('\n')
        .slice(0, half * 2),
    ],
    ['broad tables', `${'|a'.repeat(9000)}\n${'|-'.repeat(9000)}\n${'|a'.repeat(9000)}`],
    ['parentheses', `[a](${'('.repeat(half)}`],
    ['entities', '&'.repeat(half * 2)],
    ['comments', '<!--'.repeat(half / 2)],
    ['autolinks', 'www.a.b a@b.c http://'.repeat(half / 24)],
    ['code', `\`\`\`js\n${'/\\"${'.repeat(4000)}\n\`\`\``],
  ])('does not hang on %s', (_title, text) => {
    const before = performance.now();
    render(text, undefined);
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  it('never throws, gives the same twice, and lets nothing through that is no address', () => {
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
      '<a href=',
      '<img src=',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const html = render(pieces.join(''), PLACE);
        expect(render(pieces.join(''), PLACE)).toBe(html);
        for (const [, address] of html.matchAll(/<\w+ (?:[\w-]+="[^"]*" )*(?:href|src)="([^"]*)"/g))
          expect(address).toMatch(/^(?:https?:\/\/|mailto:|#user-content-)/);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives code no classes but those of highlight.js, also where one language is in another', () => {
    const html = render('```html\n<style>\ndiv { top: 0 }\n</style>\n```', PLACE);
    expect(html).toContain('hljs-selector-tag');
    expect(html).not.toMatch(/class="css"/);
  });

  it('is another rendering as soon as it gives anything else: raise README_RENDERING with this', () => {
    const all =
      '# A\n\n## B\n\n[a](b) ![c](d.png) <b id=x align=center>e</b>\n\n- [ ] f\n\n|g|\n|:-|\n|h|\n\n> [!NOTE]\n> i\n\n```ts\nconst j = 1;\n```\n\nk[^1]\n\n[^1]: l\n\n<p align=right>m\u202e</p><svg>n</svg>';
    const digest = createHash('sha256').update(render(all, PLACE)).digest('hex').slice(0, 8);
    expect([README_RENDERING, digest]).toEqual(['3', '166f8e1f']);
  });
});
