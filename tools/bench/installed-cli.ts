/** The command line as npm installs it: what package.json lists as its files, bundled anew. */
import fs from 'node:fs';
import path from 'node:path';
import { bundleProgram } from '../bundle-program.ts';

export interface InstalledCli extends Disposable {
  /** Absolute path of `bin/ar.js`. */
  readonly ar: string;
}

export async function installCli(root: string): Promise<InstalledCli> {
  const source = path.join(root, 'cli');
  // Within the workspace, so that what is not in the bundle is found as beside an installed package.
  const folder = fs.mkdtempSync(path.join(source, 'bundle-bench-'));
  fs.cpSync(path.join(source, 'bin'), path.join(folder, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(source, 'package.json'), path.join(folder, 'package.json'));
  await bundleProgram('cli', path.join(folder, 'bundle'));
  return {
    ar: path.join(folder, 'bin/ar.js'),
    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
