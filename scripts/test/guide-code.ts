/** What operators copy out of the guides: its tests run those very lines. */
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const GUIDES = path.resolve(import.meta.dirname, '../../docs/guides');
const MAIN = process.env['AR_TEST_PIPELINE'] ?? path.resolve(import.meta.dirname, '../src/main.ts');

/** All blocks of code of a kind, in their order. */
export function guideCode(guide: string, kind: string): readonly string[] {
  const text = readFileSync(path.join(GUIDES, guide), 'utf8');
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)].flatMap(([, found, code]) =>
    found === kind ? (code ?? '') : [],
  );
}

/** The script that begins by saying this name, for a folder in the place of `/srv/ar`. */
export function guideScript(guide: string, name: string, folder: string): string {
  const script = guideCode(guide, 'sh').find((code) => code.split('\n')[1]?.includes(name));
  if (script === undefined) throw new Error(`${guide} has no script ${name}.`);
  return script.replaceAll('/srv/ar', folder);
}

/** A folder for PATH in which `ar-registry` is this source, run by this Node.js. */
export async function programFolder(folder: string): Promise<string> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const file = path.join(bin, 'ar-registry');
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' --conditions=ar-source '${MAIN}' "$@"\n`);
  await chmod(file, 0o755);
  return bin;
}
