/**
 * Looks after a plugin's process from outside: does it still answer, how much memory does it hold, how busy does it keep
 * the processor. Its own word counts for nothing here.
 */
import { watchMemory } from './memory-watch.ts';
import { cpuMsOf, processesBelow, rssMbOf } from './process-tree.ts';
import type { Rounds } from './rounds.ts';

export interface WatchdogOptions {
  readonly pid: number;
  /** Whether it may have more than its one process. */
  readonly startsPrograms: boolean;
  /** Settles when the process has answered. */
  readonly ping: () => Promise<unknown>;
  readonly limits: WatchdogLimits;
  /** Milliseconds. */
  readonly now: () => number;
  /** In which the memory of all plugins is looked at. */
  readonly rounds: Rounds;
  /** Called once. @param reason a clause: `did not answer for 5000 ms` */
  readonly onLimit: (reason: string) => void;
}

export interface WatchdogLimits {
  readonly heartbeatMs: number;
  /** Heartbeats in a row without an answer. */
  readonly maxMissed: number;
  readonly maxRssMb: number;
  /** Of one core's time, over at least `cpuWindowMs`; 1 is a core that does nothing else. */
  readonly maxCpuShare: number;
  readonly cpuWindowMs: number;
}

export interface Watchdog {
  /** The plugin is imported: from now on answers are missed. What comes before has a time limit of its own. */
  readonly begin: () => void;
  readonly stop: () => void;
}

/** More processes are not asked for their time; before there are as many, their memory is too much. */
const MAX_ASKED = 1_024;

export function startWatchdog({ pid, startsPrograms, ping, limits, now, rounds, onLimit }: WatchdogOptions): Watchdog {
  let missed = 0;
  let isWaiting = false;
  // Not from the first answer on: whoever never gives one would never be missed.
  let hasBegun = false;
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    clearInterval(timer);
    unwatchMemory();
  };
  const trip = (reason: string): void => {
    if (stopped) return;
    stop();
    onLimit(reason);
  };
  const beat = (): void => {
    // Counted in heartbeats, not by the clock: while the daemon itself is held up, nothing is missed.
    missed = isWaiting && hasBegun ? missed + 1 : 0;
    if (missed >= limits.maxMissed) {
      trip(`did not answer for ${limits.maxMissed * limits.heartbeatMs} ms: its event loop is blocked`);
      return;
    }
    if (!isWaiting) void ask();
    const excess = cpu.add(now(), cpuMsOf(processesBelow(pid, MAX_ASKED)));
    if (excess !== undefined) trip(excess);
  };
  const ask = async (): Promise<void> => {
    isWaiting = true;
    await ping().catch(() => undefined);
    isWaiting = false;
  };
  const cpu = createCpuWindow(limits);
  const timer = setInterval(beat, limits.heartbeatMs);
  const { maxRssMb } = limits;
  const unwatchMemory = watchMemory({ pid, startsPrograms, maxRssMb, rounds, onLimit: trip });
  return { begin: () => void (hasBegun = true), stop };
}

/** Remembers how much of the processor's time was used when. */
function createCpuWindow({ maxCpuShare, cpuWindowMs }: WatchdogLimits) {
  const samples: { readonly atMs: number; readonly cpuMs: number }[] = [];
  return {
    /** @returns a clause if it is too much */
    add(atMs: number, cpuMs: number): string | undefined {
      samples.push({ atMs, cpuMs });
      while (samples[1] !== undefined && atMs - samples[1].atMs >= cpuWindowMs) samples.shift();
      const [first] = samples;
      const elapsedMs = atMs - (first?.atMs ?? atMs);
      const usedMs = cpuMs - (first?.cpuMs ?? cpuMs);
      if (elapsedMs < cpuWindowMs || usedMs <= maxCpuShare * elapsedMs) return undefined;
      return `kept the processor busy for ${Math.round(usedMs)} of ${Math.round(elapsedMs)} ms`;
    },
  };
}

/** Memory of a process and all below it, in MiB; 0 where the system does not say. */
export function readRssMb(pid: number): number {
  return processesBelow(pid, MAX_ASKED).reduce((sum, one) => sum + rssMbOf(one), 0);
}
