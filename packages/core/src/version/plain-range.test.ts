import * as fc from 'fast-check';
import semver from 'semver';
import { expect, it } from 'vitest';
import { inPlainRange, isPlainRange } from './plain-range.ts';

const number = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 3 }) }, fc.nat({ max: 999_999_999_999_999 }));
const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const prerelease = fc.constantFrom('', '', '', '', '-rc.1');
const operator = fc.constantFrom('', '^', '^', '^', '~', '>=', '<', '=', 'v', ' ');

it('says what `semver` says, or nothing', () => {
  let said = 0;
  fc.assert(
    fc.property(fc.tuple(version, prerelease), fc.tuple(operator, version, prerelease), (found, wanted) => {
      const [one, range] = [found.join(''), wanted.join('')];
      const answer = inPlainRange(one, range);
      if (answer === undefined) return;
      said += 1;
      expect([one, range, answer]).toEqual([one, range, semver.satisfies(one, range)]);
    }),
    { numRuns: 20_000 },
  );
  expect(said).toBeGreaterThan(5000);
});

it.each(['', '1', '1.x', '*', 'latest', '^1.2', '^1.2.3 || 2', '^01.2.3', '^1.2.3-rc.1', '1.2.3+build'])(
  'leaves %j to `semver`',
  (range) => {
    expect(inPlainRange('1.2.3', range)).toBeUndefined();
  },
);

it('takes for a range what is one to `semver`, or leaves it to that', () => {
  fc.assert(
    fc.property(operator, version, prerelease, (...parts) => {
      const range = parts.join('');
      expect([range, isPlainRange(range) && semver.validRange(range) === null]).toEqual([range, false]);
    }),
    { numRuns: 20_000 },
  );
  expect([isPlainRange('^1.2.3'), isPlainRange('>=1.2.3')]).toEqual([true, false]);
});
