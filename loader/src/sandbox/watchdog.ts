/**
 * Looks after a plugin's process from outside: does it still answer, how much memory does it hold, how busy does it keep
 * the processor. Its own word counts for nothing here.
 */
import { readFile } from 'node:fs/promises';

export interface WatchdogOptions {
  readonly pid: number;
  /** Settles when the process has answered. */
  readonly ping: () => Promise<unknown>;
  readonly limits: WatchdogLimits;
  /** Milliseconds. */
  readonly now: () => number;
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

export function startWatchdog({ pid, ping, limits, now, onLimit }: WatchdogOptions): Watchdog {
  let missed = 0;
  let isWaiting = false;
  // Not from the first answer on: whoever never gives one would never be missed.
  let hasBegun = false;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
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
    void checkUsage();
  };
  const ask = async (): Promise<void> => {
    isWaiting = true;
    await ping().catch(() => undefined);
    isWaiting = false;
  };
  const cpu = createCpuWindow(limits);
  const checkUsage = async (): Promise<void> => {
    const { rssMb, cpuMs } = await readUsage(pid);
    if (rssMb > limits.maxRssMb) trip(`holds ${Math.round(rssMb)} MB of memory; ${limits.maxRssMb} MB are allowed`);
    const excess = cpu.add(now(), cpuMs);
    if (excess !== undefined) trip(excess);
  };
  const timer = setInterval(beat, limits.heartbeatMs);
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

interface Usage {
  readonly rssMb: number;
  /** Of those that ended and were waited for, too. */
  readonly cpuMs: number;
}

/** Linux counts in these, whatever the kernel's own clock. */
const TICK_MS = 10;

/** Of a process and all below it; nothing where the system does not say. */
async function readUsage(pid: number): Promise<Usage> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [status, stat, children] = await Promise.all([read('status'), read('stat'), read(`task/${pid}/children`)]);
  const rssMb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  // The program's name, in brackets, may hold anything; utime, stime, cutime and cstime are the 12th to 15th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const below = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(readUsage));
  return below.reduce((sum, one) => ({ rssMb: sum.rssMb + one.rssMb, cpuMs: sum.cpuMs + one.cpuMs }), {
    rssMb,
    cpuMs: ticks * TICK_MS,
  });
}

/** Memory of a process and all below it, in MiB; 0 where the system does not say. */
export async function readRssMb(pid: number): Promise<number> {
  return (await readUsage(pid)).rssMb;
}
