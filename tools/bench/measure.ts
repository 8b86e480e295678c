/**
 * Measures processes side by side: one of each in every round, so that whatever else the machine does meets all of them
 * alike. What is compared is the time from the start of a process to its end, as whoever waits for it sees it.
 */
import { spawnSync } from 'node:child_process';

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** One thing to measure. */
export interface Subject {
  readonly name: string;
  /** Makes the world as the process shall find it, which is not measured, and says what is to run. */
  readonly program: () => Program;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Rounds before those that count: files come into the memory, caches onto the disk; `ar` keeps its code the third time. */
  readonly warmUps?: number;
}

/**
 * @returns milliseconds by name, one for each round
 * @throws Error if a process fails: what went wrong is no measurement
 */
export function measure(
  subjects: readonly Subject[],
  { rounds, warmUps = 4 }: MeasureOptions,
): ReadonlyMap<string, readonly number[]> {
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const { name, program } of turned(subjects, Math.max(round, 0))) {
      const tookMs = timeOf(program());
      if (round >= 0) times.get(name)?.push(tookMs);
    }
  }
  return times;
}

/** Each round begins with another one: nothing always runs after the same neighbour. */
function turned<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Milliseconds from the start of a process to its end. @throws Error if it fails */
export function timeOf({ file, args, env, cwd }: Program): number {
  const startedAt = process.hrtime.bigint();
  const ended = spawnSync(file, args, {
    // A pipe, as where a script reads the answer.
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(env ? { env } : {}),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const tookMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
  if (ended.status === 0) return tookMs;
  const why = ended.error?.message ?? ended.stderr.toString('utf8');
  throw new Error(`${[file, ...args].join(' ')} ended with ${ended.status ?? ended.signal}:\n${why}`);
}
