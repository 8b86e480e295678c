import { expect, it } from 'vitest';
import { durationText } from './duration.ts';

it.each([
  [0, '0 ms'],
  [12.4, '12 ms'],
  [3456, '3.5 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [7_380_000, '2 h 3 min'],
  [7_200_999, '2 h'],
  [200_000_000, '2 d 7 h'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
