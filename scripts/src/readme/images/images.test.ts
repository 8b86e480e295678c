import { crc32, deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../../test/support/pictures.ts';
import { createRenderReadme } from '../render-readme.ts';
import { createPictures, picturesAmong, readPicture } from './index.ts';

const all = Object.entries(SAMPLES);
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const bytesOf = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
const sample = (title: string): Uint8Array => SAMPLES[title] ?? new Uint8Array();

function pngOf(width: number, height: number, rows: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return bytesOf('\u0089PNG\r\n\u001a\n', chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', ''));
}

function chunk(type: string, data: Uint8Array | string): Uint8Array {
  const body = bytesOf(type, data);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(body.length - 4, 0);
  numbers.writeUInt32BE(crc32(body), 4);
  return bytesOf(numbers.subarray(0, 4), body, numbers.subarray(4));
}

describe('a file that may be a picture', () => {
  it.each(all)('is one as %s', (title, bytes) => {
    const format = title.slice(0, 4).trim().toLowerCase().replace('jpeg', 'jpg');
    expect(readPicture(bytes)).toMatchObject({ format, width: 5, height: 3 });
  });

  it.each(all)('is none when the end of it is missing: %s', (_title, bytes) => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(readPicture(bytes.subarray(0, length))).toBe(undefined);
  });

  it('is published without what its author’s camera wrote into it', () => {
    for (const [title, bytes] of all.filter(([name]) => name.endsWith('a place in it'))) {
      expect([title, text(bytes).includes('secret place')]).toEqual([title, true]);
      expect(text(readPicture(bytes)?.bytes)).not.toContain('secret place');
    }
  });

  it.each(all)('is published without what stands behind it: %s', (_title, bytes) => {
    const polyglot = bytesOf(bytes, '<script>pwn()</script>PK\u0003\u0004');
    expect(readPicture(polyglot)?.bytes).toEqual(readPicture(bytes)?.bytes);
  });

  it('is published without comments, and without chunks that nobody asked for', () => {
    const gif = sample('GIF');
    const script = '!\u00fe\u0008<script>\u0000';
    const commented = bytesOf(gif.subarray(0, -1), script, ';');
    expect(readPicture(commented)?.bytes).toEqual(gif);
    const png = pngOf(1, 1, Uint8Array.of(0, 9));
    const noted = bytesOf(png.subarray(0, 33), chunk('tEXt', 'x\0<script>'), png.subarray(33));
    expect(readPicture(noted)?.bytes).toEqual(png);
  });

  it('is none when it is something else by the name of a picture', () => {
    for (const other of [
      '<svg xmlns="http://www.w3.org/2000/svg" onload="pwn()"/>',
      '<html><script>pwn()</script>',
      '',
      'BM',
    ])
      expect(readPicture(bytesOf(other))).toBe(undefined);
  });

  it('is none when it would be more pixels than it says, fewer, or more than a browser should hold', () => {
    expect(readPicture(pngOf(2, 2, new Uint8Array(6)))).toMatchObject({ width: 2, height: 2 });
    const bomb = pngOf(2, 2, new Uint8Array(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(30_000);
    const wrong = [
      bomb,
      pngOf(2, 2, new Uint8Array(5)),
      pngOf(0, 1, new Uint8Array(1)),
      pngOf(60_000, 60_000, new Uint8Array(9)),
    ];
    for (const bytes of wrong) expect(readPicture(bytes)).toBe(undefined);
    expect(readPicture(pngOf(4000, 4000, new Uint8Array(4001 * 4000)))).toBe(undefined);
    expect(readPicture(pngOf(1, 1, Uint8Array.of(5, 0)))).toBe(undefined); // there is no such filter
  });

  it('is none when it is too large to send', () => {
    const png = pngOf(1, 1, Uint8Array.of(0, 9));
    expect(readPicture(bytesOf(png, new Uint8Array(1000)))).toMatchObject({ width: 1 });
    expect(readPicture(bytesOf(png, new Uint8Array(1024 * 1024)))).toBe(undefined);
  });

  it('never throws, and what it is published as is the same picture', () => {
    const change = fc.tuple(fc.constantFrom(...all), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }));
    fc.assert(
      fc.property(change, ([[, bytes], edits]) => {
        const edited = bytes.slice();
        for (const [at, value] of edits) edited[at % edited.length] = value;
        const picture = readPicture(edited);
        expect(picture && readPicture(picture.bytes)).toEqual(picture);
      }),
      { numRuns: 3000 },
    );
  });
});

const render = createRenderReadme();
const file = (length: number): { readonly bytes: Uint8Array } => ({ bytes: new Uint8Array(length) });

describe('pictures of a README', () => {
  const png = pngOf(40, 20, new Uint8Array(41 * 20));
  const files = new Map([
    ['docs/a b.png', png],
    ['evil.png', bytesOf('<script>pwn()</script>')],
  ]);

  const shown = (attributes: string): string =>
    /width="\d+" height="\d+"/.exec(
      render(`<img src="docs/a b.png" ${attributes}>`, undefined, createPictures(files)),
    )?.[0] ?? '';

  it('are shown in the room that they take, loaded when they are seen, and named by what they are', () => {
    const pictures = createPictures(files);
    const html = render('![A screen](./docs/a%20b.png?raw=true)', undefined, pictures);
    const [published] = pictures.shown();
    expect(published?.file).toMatch(/^[0-9a-f]{32}\.png$/);
    expect(html).toBe(
      `<p><img src="readme-images/${published?.file}" alt="A screen" width="40" height="20" loading="lazy" decoding="async"></p>\n`,
    );
  });

  it('are as small as their author wants them, in their own shape', () => {
    expect(shown('width=20')).toBe('width="20" height="10"');
    expect(shown('height=5 width=9999')).toBe('width="10" height="5"');
    expect(shown('width=0')).toBe('width="1" height="1"');
  });

  it('stay in links, which are named by them', () => {
    const html = render('[![Demo](docs/a%20b.png)](https://example.com/)', undefined, createPictures(files));
    expect(html).toMatch(/^<p><a href="https:\/\/example.com\/"[^>]*><img [^>]*alt="Demo"[^>]*><\/a><\/p>\n$/);
  });

  it('are text where the file is no picture, is not there, or is not of the archive', () => {
    const pictures = createPictures(new Map([...files, ['secret.png', png]]));
    for (const src of [
      'evil.png',
      'none.png',
      '../secret.png',
      '/secret.png',
      'file:///secret.png',
      'x/../../secret.png',
      '\\secret.png',
      'data:image/png;base64,AAAA',
      'https://evil.test/secret.png',
      '%2e%2e/secret%00.png',
      '%ff.png',
    ])
      expect([src, render(`<img src="${src}" alt="It">`, undefined, pictures).includes('<img')]).toEqual([src, false]);
    expect(pictures.shown()).toEqual([]);
  });

  it('are no more than thirty, and no more bytes than a page should have', () => {
    const many = new Map(
      Array.from({ length: 40 }, (_, index) => [`${index}.png`, pngOf(1, 1, Uint8Array.of(0, index))]),
    );
    const pictures = createPictures(many);
    const html = render([...many.keys()].map((path) => `![x](${path})`).join('\n'), undefined, pictures);
    expect([pictures.shown().length, html.match(/<img/g)?.length]).toEqual([30, 30]);
  });

  it('are found among the files of the archive by name and size', () => {
    const archive = new Map([
      ['a.PNG', file(1)],
      ['b.svg', file(1)],
      ['c.jpeg', file(2_000_000)],
      ['d.js', file(1)],
    ]);
    expect([...picturesAmong(archive).keys()]).toEqual(['a.PNG']);
  });
});
