import type { Browser, Page } from 'playwright-core';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadmePlace } from '../src/readme/address.ts';
import { createRenderReadme } from '../src/readme/render-readme.ts';
import { EVIL_READMES } from './support/evil-readmes.ts';
import { inspectNext, observe, startBrowser } from './support/readme-page.ts';

const REPOSITORY = 'https://github.com/acme/evil/';
const PLACE: ReadmePlace = {
  repository: REPOSITORY,
  top: `${REPOSITORY}blob/0123/`,
  folder: `${REPOSITORY}blob/0123/packages/evil/`,
};
const NOTHING = { acts: [], requests: [], violations: [] };

const render = createRenderReadme();
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

describe('a README that wants to act, in a browser without a policy', () => {
  it.each(Object.entries(EVIL_READMES))('does nothing with %s', async (_title, text) => {
    expect(await observe(page, render(text, PLACE))).toEqual(NOTHING);
  });

  it('would be noticed', async () => {
    const evil = '<img src=https://evil.test/x onerror=pwn()><a id=x href="javascript:1">x</a></article><b>out</b>';
    const { acts, requests, violations } = await observe(page, evil);
    expect(acts).toEqual([expect.stringMatching(/^pwn\(\) was called/)]);
    expect(new Set(requests)).toEqual(new Set(['https://evil.test/x']));
    expect(violations).toContain('main has other children');
    expect(violations).toContain('a href=javascript:1');
  });

  it('is of allowed elements and attributes alone, whatever it was made of', async () => {
    await observe(page, '');
    const piece = fc.constantFrom(...PIECES);
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 25 }), async (pieces) => {
        expect(await inspectNext(page, render(pieces.join(''), PLACE))).toEqual([]);
      }),
      { numRuns: 600 },
    );
    expect(await page.evaluate(() => (globalThis as unknown as { readonly pwned: number }).pwned)).toBe(0);
  });
});

/** What breaks parsers when it meets. */
const PIECES = [
  '<div> </div> <p> </p> <a_href=" <a_href=javascript:pwn()> </a> <table> </table> <tr> <td> <svg> </svg> <math> <mtext>',
  '<mglyph> <style> </style> <foreignObject> <title> </title> <script> </script> pwn() <img_src=x_onerror=pwn()> <noscript>',
  '</noscript> <template> </template> <select> <option> <textarea> </textarea> <form> </form> <input> <b> </b> <i> <li> <ul>',
  '</ul> <details> <summary> <h1> </h2> <pre> </pre> <code> <!-- --> <![CDATA[ ]]> <? ?> " \' ` > < / = &lt; &quot; &#x6A;',
  '&colon; javascript: data:text/html, https://evil.test/ //evil.test [ ] ( ) ![ [^1] | * ** ~~ \\ # _id=x _style= _class=x',
  '<br> <hr> <font> <center> <ruby> <rt> <dl> <dd> <section> </article> </main> <xmp> <plaintext> >_ -_ -_[_]_ #_ 1._ ____',
]
  .flatMap((line) => line.split(' '))
  .map((piece) => piece.replaceAll('_', ' '))
  .concat([
    '```\n',
    '```html\n',
    '\n\n[^1]: ',
    '\n\n[x]: ',
    '\n|-|-|\n',
    '\n\n',
    '\n',
    '\t',
    '\u0000',
    '\u202e',
    '\ufeff',
  ]);
