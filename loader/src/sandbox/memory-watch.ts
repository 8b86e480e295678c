/**
 * How much memory a plugin holds, looked at the more often the less is left of what it may have: a program fills several
 * gigabytes in a second, and a look is cheap. Why no limit of the system's holds it: docs/sandbox.md.
 */
import { writeFileSync } from 'node:fs';
import { childOf, createRssOf, openRss, processesBelow, type RssReader } from './process-tree.ts';
import type { Rounds } from './rounds.ts';

export interface MemoryWatchOptions {
  readonly pid: number;
  /** Whether it may have more than its one process: then they are looked for each time. */
  readonly startsPrograms: boolean;
  readonly maxRssMb: number;
  readonly rounds: Rounds;
  /** @param reason a clause: `holds 400 MB of memory; 384 MB are allowed` */
  readonly onLimit: (reason: string) => void;
}

/**
 * What one thread of a fast machine fills, and half as much again. A lower number, such as what this machine was measured to
 * fill when it was busy, costs less, and is found out to be wrong when it is too late.
 */
const FILLED_MB_PER_MS = 12;
const SHORTEST_MS = 5;
const LONGEST_MS = 100;
/** More that run are no program with its helpers. */
const MAX_PROCESSES = 256;
/** With those that have ended and that nobody waited for, who hold a number each. */
const MAX_FOUND = 4_096;

/** @returns what ends it */
export function watchMemory({ pid, startsPrograms, maxRssMb, rounds, onLimit }: MemoryWatchOptions): () => void {
  const held = startsPrograms ? lookAtAll(pid) : lookAtOne(pid);
  let last = { rssMb: 0, atMs: 0 };
  const stop = rounds.add((atMs) => {
    const { rssMb, isCrowd, programs } = held.look();
    if (isCrowd) onLimit(`runs more than ${MAX_PROCESSES} programs`);
    if (rssMb > maxRssMb) {
      killAll(programs);
      onLimit(`holds ${Math.round(rssMb)} MB of memory; ${maxRssMb} MB are allowed`);
    }
    // Several threads fill faster than one: it may go on as it did.
    const mbPerMs = Math.max(FILLED_MB_PER_MS, (rssMb - last.rssMb) / Math.max(atMs - last.atMs, 1));
    last = { rssMb, atMs };
    return Math.min(Math.max((maxRssMb - rssMb) / mbPerMs, SHORTEST_MS), LONGEST_MS);
  });
  return () => {
    stop();
    held.close();
  };
}

interface Held {
  look(): { readonly rssMb: number; readonly isCrowd: boolean; readonly programs: readonly Program[] };
  close(): void;
}

/** One that runs besides the plugin's own process, or is that. */
interface Program {
  readonly pid: number;
  readonly rssMb: number;
}

/** Its own process is looked for each time at first, and then now and then: a busy machine may take its time. */
const SEARCHES_IN_A_ROW = 20;
const SEARCH_EVERY = 10;

/** At the plugin's own process: the first may be the one that holds its namespace, below which it comes a moment later. */
function lookAtOne(first: number): Held {
  let own: number | undefined;
  let reader: RssReader | undefined;
  let looks = 0;
  const find = (): void => {
    const found = childOf(first) ?? first;
    if (found === own) return;
    reader?.close();
    [own, reader] = [found, openRss(found)];
    offerToSystem(found);
  };
  return {
    look() {
      looks += 1;
      const isFound = own !== undefined && own !== first;
      if (!isFound && (looks <= SEARCHES_IN_A_ROW || looks % SEARCH_EVERY === 0)) find();
      return { rssMb: reader?.read() ?? 0, isCrowd: false, programs: [] };
    },
    close: () => reader?.close(),
  };
}

function lookAtAll(first: number): Held {
  const rssMbOf = createRssOf();
  let offered = 0;
  return {
    look() {
      const pids = processesBelow(first, MAX_FOUND);
      // What comes after these inherits it.
      for (; offered < Math.min(pids.length, 2); offered += 1) offerToSystem(pids[offered] ?? first);
      const programs = pids.map((pid) => ({ pid, rssMb: rssMbOf(pid) })).filter(({ rssMb }) => rssMb > 0);
      const rssMb = programs.reduce((sum, one) => sum + one.rssMb, 0);
      return { rssMb, isCrowd: programs.length > MAX_PROCESSES || pids.length > MAX_FOUND, programs };
    },
    close: () => undefined,
  };
}

/**
 * Those that have left the plugin's group end with its namespace, which is when its first process gets to run: what fills
 * memory meanwhile is ended at once, the largest first. They were there a moment ago, and numbers are not given anew so soon.
 */
function killAll(programs: readonly Program[]): void {
  for (const { pid } of programs.toSorted((one, other) => other.rssMb - one.rssMb)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, or runs as somebody else: the namespace ends it.
    }
  }
}

/** What browsers give to their pages. */
const DISPENSABLE = '300';

/** Where memory runs out, the system ends a plugin, and what it starts from now on, before the daemon and its agents. */
function offerToSystem(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, DISPENSABLE);
  } catch {
    // It has ended, or the system has no such thing, or it is more dispensable already.
  }
}
