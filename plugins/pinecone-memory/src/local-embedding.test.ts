import { expect, it } from 'vitest';
import { embedLocally } from './local-embedding.ts';

function closeness(a: string, b: string, dimension = 512): number {
  const [left, right] = [embedLocally(a, dimension), embedLocally(b, dimension)];
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}

it('gives the same text the same vector of length 1, whatever its case', () => {
  expect(embedLocally('Hello World', 64)).toEqual(embedLocally('hello  world!', 64));
  expect(Math.hypot(...embedLocally('Hello World', 64))).toBeCloseTo(1, 5);
});

it('gives every text a vector that Pinecone takes', () => {
  for (const text of ['', '!?', ' ', '\u{1f600}', '\ud800', 'x'.repeat(100_000)]) {
    const vector = embedLocally(text, 8);
    expect(vector).toHaveLength(8);
    expect(vector.every(Number.isFinite)).toBe(true);
    expect(vector.some((value) => value !== 0)).toBe(true);
  }
});

it('brings texts together that share words, or parts of them, in any script', () => {
  expect(closeness('the deployment failed', 'failed deployments')).toBeGreaterThan(0.5);
  expect(closeness('Übergrößenträger', 'übergröße')).toBeGreaterThan(0.3);
  expect(closeness('配置ファイルを保存', '配置ファイル')).toBeGreaterThan(0.2);
});

it('knows nothing of meaning', () => {
  expect(Math.abs(closeness('car', 'automobile'))).toBeLessThan(0.2);
});
