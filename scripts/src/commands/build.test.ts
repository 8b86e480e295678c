import { describe, expect, it } from 'vitest';
import { wholeNote } from './build.ts';

describe('the note on a build of a folder', () => {
  it('says how to build what changed alone, where that would save much', () => {
    expect(wholeNote(true, { plugins: 1000, unchanged: 20_000 })).toContain('--index ./index@main');
  });

  it.each([
    ['a repository', false, { plugins: 1000, unchanged: 20_000 }],
    ['the first build', true, { plugins: 1000, unchanged: 0 }],
    ['a small registry', true, { plugins: 999, unchanged: 20_000 }],
  ] as const)('is none for %s', (_of, isFolder, counts) => {
    expect(wholeNote(isFolder, counts)).toBe('');
  });
});
