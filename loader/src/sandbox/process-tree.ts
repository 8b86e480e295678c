/**
 * A process and all below it, as Linux shows them in `/proc`; elsewhere nothing is there. Read at once: each of these files is
 * made of a few numbers of the kernel's, which takes microseconds, where a promise would take twenty times as long.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** Linux counts in these, whatever the kernel's own clock. */
const TICK_MS = 10;

/**
 * @param most how many are looked for: whoever starts programs as fast as it can must not keep the daemon busy with counting
 * @returns the process, then those below it; more than `most` if there are more
 */
export function processesBelow(pid: number, most: number): readonly number[] {
  const found = [pid];
  for (const one of found) {
    if (found.length > most) break;
    // Whatever thread of it started them.
    for (const thread of list(`/proc/${one}/task`)) found.push(...childrenOf(one, thread));
  }
  return found;
}

/** The first process that another's first thread started. */
export function childOf(pid: number): number | undefined {
  return childrenOf(pid, pid)[0];
}

function childrenOf(pid: number, thread: number | string): readonly number[] {
  return read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number);
}

/** Resident memory in MiB: that of files and what is shared, too. 0 of one that has ended and waits for its parent to notice. */
export function rssMbOf(pid: number): number {
  return (kilobytes('VmRSS', read(`/proc/${pid}/status`)) ?? 0) / 1024;
}

/** Reads the same of one process, over and over: four times as fast. */
export interface RssReader {
  /** @returns MiB; 0 once it has ended */
  read(): number;
  close(): void;
}

/** @returns undefined if there is no such process */
export function openRss(pid: number): RssReader | undefined {
  const fd = open(`/proc/${pid}/statm`);
  if (fd === undefined) return undefined;
  const buffer = Buffer.alloc(128);
  const readPages = (): number => {
    try {
      return residentPages(buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0)));
    } catch {
      return 0; // it has ended
    }
  };
  const pageKb = pageSizeKb();
  return { read: () => (readPages() * pageKb) / 1024, close: () => closeSync(fd) };
}

/** Reads the same of any process: for those of which there are others the next time. */
export function createRssOf(): (pid: number) => number {
  const pageKb = pageSizeKb();
  return (pid) => (residentPages(read(`/proc/${pid}/statm`)) * pageKb) / 1024;
}

/** Nothing is there of one that has ended. */
function residentPages(statm: string): number {
  return Number(statm.split(' ')[1] ?? 0);
}

const COMMON_PAGE_KB = 4;

/**
 * It counts in pages, whose size nothing tells but the same number in both. This process's: one that begins grows a
 * thousandfold from one file to the other, and would be taken for a thousandth of what it is.
 */
function pageSizeKb(): number {
  const sizeKb = kilobytes('VmSize', read('/proc/self/status')) ?? 0;
  const pages = Number(read('/proc/self/statm').split(' ')[0]);
  if (sizeKb === 0 || pages === 0) return COMMON_PAGE_KB;
  // One of the two may be a moment older.
  return 2 ** Math.round(Math.log2(sizeKb / pages));
}

function kilobytes(name: 'VmRSS' | 'VmSize', status: string): number | undefined {
  const text = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Time of the processor, in milliseconds; also that of processes which ended and were waited for. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(read(`/proc/${pid}/stat`)), 0) * TICK_MS;
}

function ticksOf(stat: string): number {
  // The program's name, in brackets, may hold anything; utime, stime, cutime and cstime are the 12th to 15th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** It may have ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
