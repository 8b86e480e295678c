import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTemplate } from './template.ts';

const EVIL = `"}],"admin":true,"x":[{"y":"</b><script>&'\\ \u2028\n{{from}}`;
const message = { from: 'Alice', body: EVIL, data: { n: 7, list: ['a'], deep: { flag: false } }, thread: undefined };

function textOf(contentType: string, text: string): string {
  return parseTemplate({ contentType, text }).render(message);
}

describe('a template of JSON', () => {
  it('puts text into text, and a placeholder that stands alone as the value that it is', () => {
    const template = parseTemplate({
      text: 'From {{from}}: {{ body }}',
      blocks: [{ n: '{{data.n}}', list: '{{data.list}}', flag: '{{data.deep.flag}}', none: '{{thread}}' }, 3, null],
      mixed: '{{data.n}}/{{data.deep}}/{{thread}}',
    });
    expect(JSON.parse(template.render(message))).toEqual({
      text: `From Alice: ${EVIL}`,
      blocks: [{ n: 7, list: ['a'], flag: false, none: null }, 3, null],
      mixed: '7/{"flag":false}/',
    });
  });

  it('stays the document that it is, whatever a message says', () => {
    const template = parseTemplate({ a: 'x {{body}} y', b: '{{body}}' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (body) => {
        expect(JSON.parse(template.render({ body }))).toEqual({ a: `x ${body} y`, b: body });
      }),
    );
  });

  it('reaches nothing but what is the message’s own', () => {
    const template = parseTemplate({ a: '{{data.constructor.name}}', b: '{{data.__proto__}}', c: '{{body.length}}' });
    expect(JSON.parse(template.render(message))).toEqual({ a: null, b: null, c: null });
  });
});

describe('a template of text', () => {
  it('is escaped as its kind of document wants it, and not filled twice', () => {
    expect(textOf('text/plain', 'Said: {{body}}')).toBe(`Said: ${EVIL}`);
    expect(textOf('text/html', '<b>{{body}}</b>')).not.toContain('<script>');
    expect(textOf('application/xml', '<m who="{{from}}">{{body}}</m>')).toContain('&lt;/b&gt;&lt;script&gt;&amp;&#39;');
    const form = new URLSearchParams(textOf('application/x-www-form-urlencoded', 'from={{from}}&text={{body}}'));
    expect([...form]).toEqual([
      ['from', 'Alice'],
      ['text', EVIL],
    ]);
    expect(JSON.parse(textOf('application/json', '{"text":"{{body}}"}'))).toEqual({ text: EVIL });
  });

  it('is not broken by characters that have no place in it', () => {
    const template = parseTemplate({ contentType: 'application/xml', text: '<m>{{body}}</m>' });
    expect(template.render({ body: 'a\u0000\u001b\ud800b\tc\n' })).toBe('<m>a\ufffdb\tc\n</m>');
    const form = parseTemplate({ contentType: 'application/x-www-form-urlencoded', text: 'a={{body}}' });
    expect(form.render({ body: '\ud800' })).toBe('a=%EF%BF%BD');
  });
});
