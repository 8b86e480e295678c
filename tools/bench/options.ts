/** What somebody who measures may ask for. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { parseSizes, SIZES } from './sizes.ts';
import { BENCHMARKS } from './suites/index.ts';

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly check: boolean;
  readonly chosen: readonly Benchmark[];
  readonly rounds: number;
  readonly node: string;
  readonly corpus: string;
  readonly plugins?: readonly number[];
  /** Absolute. */
  readonly keep?: string;
  /** Whether some of what is chosen is about large registries. */
  readonly needsRegistries: boolean;
  /** Nothing was left out, and nothing of it made smaller: only that is kept in bench/. */
  readonly isWhole: boolean;
}

const ROUNDS = 25;
/** Everything else is about large registries. */
const WITHOUT_REGISTRIES = new Set(['start', 'load', 'hooks', 'cycles', 'stats', 'serve', 'peers']);

export const HELP = `npm run bench                       everything: about 40 minutes on two idle cores, 36 GB of disk meanwhile
npm run bench -- --plugins 1000     large registries of that many plugins, in place of ${SIZES.join(', ')}: twelve minutes
npm run bench -- --only look        one of ${BENCHMARKS.map(({ name }) => name).join(', ')};
                                    may be given several times
npm run bench -- --rounds 50        ${ROUNDS} unless given
npm run bench -- --keep <folder>    large registries stay there, and are used again by the next run: saves five minutes
npm run bench -- --corpus <file>    what they are made of
npm run bench -- --node <program>   on another Node.js
npm run bench -- --json             for programs
npm run bench -- --check            exit code 1 where a bound is not met

bench/ keeps the last whole run: nothing left out, registries of all sizes, ${ROUNDS} rounds or more.
`;

/** @returns what is wrong, where something is */
export function readOptions(words: readonly string[]): Options | string {
  let values: Values;
  try {
    values = parse(words);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return problemWith(values) ?? toOptions(values);
}

type Values = ReturnType<typeof parse>;

function problemWith({ only = [], rounds, plugins }: Values): string | undefined {
  const unknown = only.filter((name) => BENCHMARKS.every((benchmark) => benchmark.name !== name));
  if (unknown.length > 0) return `There is no benchmark ${unknown.join(', ')}.`;
  if (!/^[1-9]\d{0,3}$/.test(rounds)) return '--rounds is 1 to 9999.';
  const isOfSizes = plugins === undefined || parseSizes(plugins) !== undefined;
  return isOfSizes ? undefined : '--plugins is one number up to 100000, or several with commas.';
}

function toOptions({ only, rounds, keep, node, plugins: sizes, ...rest }: Values): Options {
  const plugins = sizes === undefined ? undefined : parseSizes(sizes);
  const chosen = BENCHMARKS.filter(({ name }) => only?.includes(name) ?? true);
  const isAll = [only, sizes, keep, node].every((value) => value === undefined);
  return {
    ...rest,
    chosen,
    rounds: Number(rounds),
    node: node ?? process.execPath,
    ...(plugins && { plugins }),
    ...(keep !== undefined && { keep: path.resolve(keep) }),
    needsRegistries: chosen.some(({ name }) => !WITHOUT_REGISTRIES.has(name)),
    isWhole: isAll && Number(rounds) >= ROUNDS,
  };
}

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus/plugins-100k.tsv.gz');

function parse(words: readonly string[]) {
  return parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      only: { type: 'string', multiple: true },
      plugins: { type: 'string' },
      rounds: { type: 'string', default: String(ROUNDS) },
      keep: { type: 'string' },
      corpus: { type: 'string', default: CORPUS },
      node: { type: 'string' },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}
