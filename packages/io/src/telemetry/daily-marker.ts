import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Says what was told today already. Its file is replaced each day, and never leaves this machine. */
export interface DailyMarker {
  /** @param day UTC, `2026-11-23`. @returns whether this is the first time that day; not where that cannot be noted */
  isFirst(day: string, ...what: readonly string[]): boolean;
}

/** @param folder absolute */
export function createDailyMarker(folder: string): DailyMarker {
  const file = path.join(folder, 'today.txt');
  return {
    isFirst: (day, ...what) => {
      const mark = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
      const lines = readIfThere(file).split('\n');
      const isToday = lines[0] === day;
      if (isToday && lines.includes(mark)) return false;
      return write(file, isToday ? `${mark}\n` : `${day}\n${mark}\n`, isToday);
    },
  };
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // there was none yet, or it cannot be read
  }
}

function write(file: string, text: string, isAppended: boolean): boolean {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, text, { mode: 0o600, flag: isAppended ? 'a' : 'w' });
    return true;
  } catch {
    return false; // then it would be told again and again
  }
}
