/** What a benchmark is, and what it finds. */
import type { Registries } from './registries.ts';

/** One thing that was measured. */
export interface Row {
  /** What ran, as the table names it. */
  readonly name: string;
  /** Of a registry of so many plugins: rows of one name are the same thing, and how it grows. */
  readonly plugins?: number;
  /** `x`: how many times what it is compared with, in the same rounds. */
  readonly unit: 'x' | 'ms' | 'MB' | 'KB' | 'bytes' | '1/s' | 'count' | 'KB/cycle' | '1/cycle';
  readonly value: number;
  /** Half of all rounds lie between these. */
  readonly spread?: readonly [lower: number, upper: number];
  /** Milliseconds behind a ratio; they are this machine's and this hour's. */
  readonly medianMs?: number;
  /** The most that is allowed. */
  readonly bound?: number;
  readonly note?: string;
}

export interface Benchmark {
  readonly name: string;
  /** What is measured, against what. */
  readonly summary: string;
  readonly run: (world: World) => Promise<readonly Row[]> | readonly Row[];
}

export interface World {
  /** The Node.js that everything runs on, and is compared with. */
  readonly node: string;
  /** How many rounds of short processes; long ones get fewer. */
  readonly rounds: number;
  /** A folder of this run; gone with it. */
  readonly scratch: string;
  /** The repository. */
  readonly root: string;
  /** Real names and descriptions, which large registries are made of. */
  readonly corpus: string;
  /** How many plugins those have, where somebody said it. */
  readonly plugins?: readonly number[];
  readonly registries: Registries;
}

export type Verdict = 'met' | 'not met' | undefined;

/** Undefined where nothing was asked for. */
export function verdictOf({ value, bound }: Row): Verdict {
  if (bound === undefined) return undefined;
  return value <= bound ? 'met' : 'not met';
}
