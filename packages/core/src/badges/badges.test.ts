import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBadge, drawPluginBadges, shortNumber } from './index.ts';

const SUMMARY = { version: '1.2.0', trust: 'verified' } as const;
const ELEMENTS = /<\/?(?:svg|title|rect|path|g|text)(?: [\w-]+="[^"<>]*")*\/?>/g;

const widthOf = (value: string): number =>
  Number(/width="([\d.]+)"/.exec(drawBadge({ label: 'a', value, tone: 'quiet' }))?.[1]);

describe('a badge', () => {
  it('says what it shows to those who do not see it', () => {
    const { version, downloads, trust } = drawPluginBadges(SUMMARY, 1234);
    expect(version).toContain('<title>agent relay: 1.2.0</title>');
    expect(downloads).toContain('<title>downloads: 1.2k/month</title>');
    expect(trust).toContain('aria-label="trust: verified"');
  });

  it('says of a version that it is deprecated', () => {
    expect(drawPluginBadges({ ...SUMMARY, deprecated: 'Old.' }, 0).version).toContain('1.2.0 deprecated');
  });

  it('is as wide as its text', () => {
    expect(widthOf('12345') - widthOf('1')).toBeCloseTo(4 * 6.6, 0);
    expect(widthOf('日本') - widthOf('1')).toBeCloseTo(3 * 6.6, 0);
  });

  it('is markup of its own alone, whatever the texts are', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('</text><script>1</script>', '" onload="x', '&lt;', ']]>', '\u0000\ud800'),
    );
    fc.assert(
      fc.property(hostile, hostile, (label, value) => {
        const svg = drawBadge({ label, value, tone: 'signal' });
        expect(svg.replaceAll(ELEMENTS, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/);
        // oxlint-disable-next-line no-control-regex -- what XML does not have
        expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ufffe\uffff]/);
      }),
    );
  });
});

describe('a number on a badge', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [1999, '1.9k'],
    [10_999, '10k'],
    [999_999, '999k'],
    [5_600_000, '5.6M'],
    [7_000_000_000, '7G'],
  ])('is short: %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
