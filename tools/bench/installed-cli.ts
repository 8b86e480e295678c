/** The command line as npm installs it: what package.json lists as its files, bundled anew, and the standalone binary. */
import fs from 'node:fs';
import path from 'node:path';
import { bundleParts } from '../binary/bundle-parts.ts';
import { compile, ownTarget } from '../binary/compile.ts';
import { bundleProgram } from '../bundle-program.ts';
import type { World } from './benchmark.ts';

/** One way to run `ar`. */
export interface Version {
  /** What stands behind the names of its rows. */
  readonly label: string;
  /** The program, and what stands before the words of `ar`. */
  readonly command: readonly [file: string, ...args: readonly string[]];
}

export interface InstalledCli extends Disposable {
  /** The scripts, and the binary where there is one for this system. */
  readonly versions: readonly Version[];
}

export async function installCli({
  root,
  node,
  scratch,
}: Pick<World, 'root' | 'node' | 'scratch'>): Promise<InstalledCli> {
  const source = path.join(root, 'cli');
  // Within the workspace, so that what is not in the bundle is found as beside an installed package.
  const folder = fs.mkdtempSync(path.join(source, 'bundle-bench-'));
  fs.cpSync(path.join(source, 'bin'), path.join(folder, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(source, 'package.json'), path.join(folder, 'package.json'));
  const remove = (): void => fs.rmSync(folder, { recursive: true, force: true });
  await bundleProgram('cli', path.join(folder, 'bundle')).catch((error: unknown) => {
    remove();
    throw error;
  });
  const binary = await makeBinary(path.join(scratch, 'binary'));
  return {
    versions: [
      { label: '', command: [node, path.join(folder, 'bin/ar.js')] },
      ...(binary === undefined ? [] : [{ label: ', binary', command: [binary] } as const]),
    ],
    [Symbol.dispose]: remove,
  };
}

/** Made once in a run. */
async function makeBinary(folder: string): Promise<string | undefined> {
  const target = ownTarget();
  if (target === undefined) return undefined;
  const file = path.join(folder, 'ar');
  if (fs.existsSync(file)) return file;
  const parts = path.join(folder, 'parts');
  compile({ folder: parts, names: await bundleParts(parts) }, target, file);
  return file;
}
