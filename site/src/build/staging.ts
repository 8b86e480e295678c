/** Puts files aside that are not what the output has: there they go when all of them are done. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Made {
  /** Relative to the output. */
  readonly file: string;
  /** Where it lies, absolute; absent: it is what is there. */
  readonly aside?: string;
}

/** @param own names of what is put aside begin with it: unlike those of others that use the folder */
export function createStaging(
  { out, stage }: { readonly out: string; readonly stage: string },
  own: string,
): (file: string, bytes: Uint8Array) => Made {
  let staged = 0;
  return (file, bytes) => {
    const there = path.join(out, file);
    const size = statSync(there, { throwIfNoEntry: false })?.size;
    if (size === bytes.length && readFileSync(there).equals(bytes)) return { file };
    staged += 1;
    const aside = path.join(stage, `${own}-${staged}`);
    writeFileSync(aside, bytes);
    return { file, aside };
  };
}
