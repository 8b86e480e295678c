import { describe, expect, it } from 'vitest';
import { splitText } from './split-text.ts';

describe('splitText', () => {
  it('leaves what fits as it is', () => {
    expect(splitText('short', 100)).toEqual(['short']);
    expect(splitText('', 100)).toEqual([]);
  });

  it('cuts at lines, then at words, and anywhere where there are none', () => {
    expect(splitText(`${'a'.repeat(60)}\n${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)]);
    expect(splitText(`${'a'.repeat(60)} ${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)]);
    expect(splitText('a'.repeat(250), 100).join('')).toBe('a'.repeat(250));
  });

  it('cuts through no mention, no escaped character and no emoji', () => {
    for (const piece of ['<@U0123ABCD>', '&amp;', '😀']) {
      const parts = splitText(piece.repeat(200), 101);
      expect(parts.join('')).toBe(piece.repeat(200));
      for (const part of parts) expect(part.length % piece.length).toBe(0);
    }
  });

  it('closes a block of code and opens it again, and leaves no empty one', () => {
    const code = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
    const parts = splitText(`\`\`\`ts\n${code}\n\`\`\``, 100);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(100);
      expect(part).toMatch(/^```ts\n[^]+\n```$/);
      expect(part).not.toMatch(/^```ts\n\s*```$/);
    }
    expect(parts.map((part) => part.slice(6, -4)).join('\n')).toBe(code);
  });

  it.each([99, 100, 101, 102, 103])('ends, whatever the text is (%d)', (limit) => {
    const parts = splitText('```'.repeat(300) + '<'.repeat(500) + '&'.repeat(500), limit);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit + 30);
  });
});
