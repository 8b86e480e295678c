import { describe, expect, it } from 'vitest';
import { createReadmeRenderer } from '../src/readme/renderer.ts';
import { startBrowser } from './support/readme-page.ts';
import { SAMPLES } from './support/pictures.ts';

const files = new Map(Object.values(SAMPLES).map((bytes, index) => [`${index}.png`, bytes]));
const request = (text: string) => ({ text, place: undefined, files: new Map<string, Uint8Array>() });

describe('rendering in other processes', () => {
  it('gives each text its own answer', async () => {
    await using renderer = createReadmeRenderer();
    const texts = Array.from({ length: 20 }, (_, index) => `**${index}**`);
    const rendered = await Promise.all(texts.map((text) => renderer.render(request(text))));
    expect(rendered.map((each) => each?.html)).toEqual(texts.map((_, index) => `<p><strong>${index}</strong></p>\n`));
  });

  it('renders those that waited together one by one, where one of them ends the process', async () => {
    await using renderer = createReadmeRenderer({ processes: 1 });
    const texts = Array.from({ length: 20 }, (_, index) => `**${index}**`);
    // No text, on which the process ends.
    const hostile = { ...request(''), text: [''] as never };
    const asked = texts.map((text, index) => renderer.render(index === 7 ? hostile : request(text)));
    const rendered = await Promise.all(asked);
    expect(rendered[7]).toBeUndefined();
    expect(rendered.filter(Boolean)).toHaveLength(19);
    expect(rendered[8]?.html).toBe('<p><strong>8</strong></p>\n');
  });

  it('gives up what takes too long, and ends the process', async () => {
    await using renderer = createReadmeRenderer({ timeLimitMs: 1 });
    expect(await Promise.all([renderer.render(request('a')), renderer.render(request('b'))])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('renders nothing any more once it has been given up', async () => {
    const renderer = createReadmeRenderer();
    await renderer[Symbol.asyncDispose]();
    expect(await renderer.render(request('a'))).toBeUndefined();
  });

  it('hands over the pictures that are shown, which a browser shows', async () => {
    await using renderer = createReadmeRenderer();
    const text = [...files.keys()].map((path) => `![x](${path})`).join('\n');
    const { html = '', pictures = [] } = (await renderer.render({ text, place: undefined, files })) ?? {};
    expect(pictures.filter(({ file }) => html.includes(`"readme-images/${file}"`)).length).toBe(files.size);
    const browser = await startBrowser();
    const page = await browser.newPage();
    const sizes = await page.evaluate(
      (sources) =>
        Promise.all(
          sources.map(async (src) => {
            const image = Object.assign(new Image(), { src });
            await image.decode();
            return `${image.naturalWidth} × ${image.naturalHeight}`;
          }),
        ),
      pictures.map(
        ({ file, bytes }) =>
          `data:image/${file.replace(/.*\./, '').replace('jpg', 'jpeg')};base64,${Buffer.from(bytes).toString('base64')}`,
      ),
    );
    await browser.close();
    expect(new Set(sizes)).toEqual(new Set(['5 × 3']));
  });
});
