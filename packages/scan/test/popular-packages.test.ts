/** Needs npm; says so, and skips, where it cannot be reached. */
import { describe, expect, it } from 'vitest';
import list from './popular-packages.json' with { type: 'json' };
import { fetchPackage, notable, scanUndeclared, type Reviewed } from './popular-packages.ts';

const packages: readonly (readonly [string, Reviewed])[] = Object.entries(list);

describe('of a popular package', () => {
  for (const [name, { version, code, processes }] of packages)
    it(`no dynamic code and no process is told that is not there: ${name}`, { timeout: 240_000 }, async ({ skip }) => {
      const files = await fetchPackage(name, version);
      if (!files) return skip(`npm cannot be reached for ${name}@${version}`);
      const report = await scanUndeclared(files);
      expect({ code: notable(report, 'dynamic-code'), processes: notable(report, 'process') }).toEqual({
        code,
        processes,
      });
    });

  it('there are forty', () => {
    expect(packages).toHaveLength(40);
  });
});
