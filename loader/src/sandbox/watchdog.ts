/**
 * Looks after a plugin's process from outside: does it still answer, how much memory does it hold. Its own word counts
 * for nothing here.
 */
import { readFile } from 'node:fs/promises';

export interface WatchdogOptions {
  readonly pid: number;
  /** Settles when the process has answered. */
  readonly ping: () => Promise<unknown>;
  readonly limits: WatchdogLimits;
  /** Called once. @param reason a clause: `did not answer for 5000 ms` */
  readonly onLimit: (reason: string) => void;
}

export interface WatchdogLimits {
  readonly heartbeatMs: number;
  /** Heartbeats in a row without an answer. */
  readonly maxMissed: number;
  readonly maxRssMb: number;
}

/** @returns ends it */
export function startWatchdog({ pid, ping, limits, onLimit }: WatchdogOptions): () => void {
  let missed = 0;
  let isWaiting = false;
  /** Before the first answer the process is starting, which has a time limit of its own. */
  let hasAnswered = false;
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
    missed = isWaiting && hasAnswered ? missed + 1 : 0;
    if (missed >= limits.maxMissed) {
      trip(`did not answer for ${limits.maxMissed * limits.heartbeatMs} ms: its event loop is blocked`);
      return;
    }
    if (!isWaiting) void ask();
    void checkMemory();
  };
  const ask = async (): Promise<void> => {
    isWaiting = true;
    await ping().then(
      () => (hasAnswered = true),
      () => undefined,
    );
    isWaiting = false;
  };
  const checkMemory = async (): Promise<void> => {
    const rssMb = await readRssMb(pid);
    if (rssMb > limits.maxRssMb) trip(`holds ${Math.round(rssMb)} MB of memory; ${limits.maxRssMb} MB are allowed`);
  };
  const timer = setInterval(beat, limits.heartbeatMs);
  return stop;
}

/** Of a process and all below it; 0 where the system does not say. */
async function readRssMb(pid: number): Promise<number> {
  const [status, children] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''),
  ]);
  const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  const below = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(readRssMb));
  return below.reduce((sum, rss) => sum + rss, own);
}
