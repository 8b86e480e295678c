import { Worker } from 'node:worker_threads';
import { pidsOf } from './processes.ts';

export interface Peak {
  readonly peakMb: number;
  /** How fast they filled it at most, over five milliseconds or, where this thread had to wait for longer, over that. */
  readonly mbPerMs: number;
}

/**
 * Notes how much memory the programs hold at most that have a word in their command line. In a thread of its own: who is
 * watched here is watched by this one's, too.
 */
export function notePeak(word: string): { stop(): Promise<Peak> } {
  const worker = new Worker(NOTING, { eval: true, workerData: pidsOf(word) });
  return {
    async stop() {
      const { promise, resolve } = Promise.withResolvers<Peak>();
      worker.once('message', resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, which has no origin
      worker.postMessage('stop');
      const peak = await promise;
      await worker.terminate();
      return peak;
    },
  };
}

/** The kernel notes the peak of each process, as long as it is there; what several hold at once is added up here. */
const NOTING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { readdirSync, readFileSync } = require('node:fs');
  let peakKb = 0;
  let mbPerMs = 0;
  let last = { atMs: performance.now(), kb: Infinity };
  const below = (pid) => readdirSync('/proc/' + pid + '/task').flatMap((thread) => readFileSync('/proc/' + pid + '/task/' + thread + '/children', 'latin1').split(' ').filter(Boolean));
  const look = (pid) => {
    try {
      const status = readFileSync('/proc/' + pid + '/status', 'latin1');
      const [peak = 0, now = 0] = ['VmHWM', 'VmRSS'].map((name) => Number(status.match(name + ':\\\\s+(\\\\d+)')?.[1] ?? 0));
      peakKb = Math.max(peakKb, peak);
      return below(pid).reduce((sum, one) => sum + look(one), now);
    } catch {
      return 0;
    }
  };
  const note = () => {
    const all = workerData.map(look);
    peakKb = Math.max(peakKb, ...all);
    const [atMs, kb] = [performance.now(), Math.max(...all)];
    if (atMs - last.atMs < 5) return;
    mbPerMs = Math.max(mbPerMs, (kb - last.kb) / 1024 / (atMs - last.atMs));
    last = { atMs, kb };
  };
  const timer = setInterval(note, 1);
  parentPort.once('message', () => {
    clearInterval(timer);
    parentPort.postMessage({ peakMb: peakKb / 1024, mbPerMs });
  });`;
