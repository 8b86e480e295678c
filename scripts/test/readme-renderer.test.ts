import { describe, expect, it } from 'vitest';
import { createReadmeRenderer } from '../src/readme/renderer.ts';

describe('rendering in other processes', () => {
  it('gives each text its own answer', async () => {
    await using renderer = createReadmeRenderer();
    const texts = Array.from({ length: 20 }, (_, index) => `**${index}**`);
    const rendered = await Promise.all(texts.map((text) => renderer.render(text, undefined)));
    expect(rendered).toEqual(texts.map((_, index) => `<p><strong>${index}</strong></p>\n`));
  });

  it('gives up what takes too long, and ends the process', async () => {
    await using renderer = createReadmeRenderer({ timeLimitMs: 1 });
    expect(await Promise.all([renderer.render('a', undefined), renderer.render('b', undefined)])).toEqual([
      undefined,
      undefined,
    ]);
  });
});
