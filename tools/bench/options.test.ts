import { describe, expect, it } from 'vitest';
import { HELP, type Options, readOptions } from './options.ts';
import { BENCHMARKS } from './suites/index.ts';

function read(...words: readonly string[]): Options {
  const options = readOptions(words);
  if (typeof options === 'string') throw new Error(options);
  return options;
}

describe('a whole run', () => {
  it('is all that there is', () => {
    expect(read()).toMatchObject({ isWhole: true, chosen: BENCHMARKS, needsRegistries: true });
    expect(read('--', '--rounds', '50', '--check', '--json').isWhole).toBe(true);
  });

  it.each([['--only=start'], ['--plugins=1000'], ['--rounds=24'], ['--node=/usr/bin/node'], ['--keep=there']])(
    'is none with %s',
    (word) => {
      expect(read(word).isWhole).toBe(false);
    },
  );
});

it('needs large registries only for what is about them', () => {
  expect(read('--only', 'start', '--only', 'peers').needsRegistries).toBe(false);
  expect(read('--only', 'start', '--only', 'look').needsRegistries).toBe(true);
});

it.each([['--only=nothing'], ['--rounds=0'], ['--plugins=many'], ['--keep'], ['--unknown'], ['word']])(
  'says what is wrong with %s',
  (word) => {
    expect(readOptions([word])).toBeTypeOf('string');
  },
);

it('helps with each benchmark', () => {
  for (const { name } of BENCHMARKS) expect(HELP).toContain(name);
});
