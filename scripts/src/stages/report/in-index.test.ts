import { describe, expect, it } from 'vitest';
import { isInIndex } from './in-index.ts';

describe('isInIndex', () => {
  it.each<[string, string, boolean]>([
    ['registry-index/plugins/@a/b/plugin.yaml', 'registry-index/', true],
    ['registry-index/store/sha512/ab/cd.tgz', 'registry-index/', true],
    ['.github/workflows/validate.yml', 'registry-index/', false],
    ['registry-index-evil/plugins/@a/b/plugin.yaml', 'registry-index/', false],
    ['registry-index/../.github/workflows/validate.yml', 'registry-index/', false],
    ['plugins/@a/b/versions/1.0.0.yaml', '', true],
    ['store/sha512/ab/cd.tgz', '', true],
    ['.github/workflows/validate.yml', '', false],
    ['package.json', '', false],
    ['plugins/evil.js', '', false],
  ])('takes %s with the index at “%s” as %s', (path, prefix, expected) => {
    expect(isInIndex(path, prefix)).toBe(expected);
  });
});
