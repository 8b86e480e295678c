/** Set-up of the tests that run the standalone binary: it is made anew of the sources, as what is published. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleParts } from './bundle-parts.ts';
import { compile, ownTarget } from './compile.ts';

export async function setup(): Promise<() => void> {
  const target = ownTarget();
  if (target === undefined) throw new Error(`There is no binary for ${process.platform} ${process.arch}.`);
  const parts = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-parts-'));
  const folder = path.resolve(import.meta.dirname, '../../cli/binary-test');
  compile({ folder: parts, names: await bundleParts(parts) }, target, path.join(folder, 'ar'));
  fs.rmSync(parts, { recursive: true, force: true });
  return () => fs.rmSync(folder, { recursive: true, force: true });
}
