import { readdirSync, readFileSync } from 'node:fs';

/** How many programs on this machine have a word in their command line. */
export function countRunning(word: string): number {
  return pidsOf(word).length;
}

/** Which ones. */
export function pidsOf(word: string): readonly number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(word))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
