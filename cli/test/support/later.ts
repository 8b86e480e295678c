import fs from 'node:fs';
import path from 'node:path';
import { isBinary } from './ar.ts';

/** The environment of a program whose clock is some days on. @param folder where a file for it may lie */
export function later(days: number, folder: string): Readonly<Record<string, string>> {
  const shift = `const now = Date.now; Date.now = () => now() + ${days * 86_400_000}; const Was = Date; globalThis.Date = class extends Was { constructor(...all) { super(...(all.length ? all : [Was.now()])); } };`;
  if (!isBinary) return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
  const file = path.join(folder, `later-${days}.cjs`);
  fs.writeFileSync(file, shift);
  return { BUN_OPTIONS: `--preload=${file}` };
}
