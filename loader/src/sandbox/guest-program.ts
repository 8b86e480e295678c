/** The guest's own code: what runs in a plugin's process. */
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GrantedPath } from './policy.ts';

export interface GuestProgram {
  /** Absolute path of what is run. */
  readonly main: string;
  /** The same for what is loaded before it where a plugin may start workers. */
  readonly worker: string;
  /** What of it must be readable. */
  readonly files: readonly GrantedPath[];
  /** Absolute path of the one file that a snapshot is made of; absent where the modules run one by one. */
  readonly builder?: string;
}

const HERE = fileURLToPath(import.meta.url);
const PACKAGE_DIR = join(HERE, '..', '..', '..');

/**
 * The bundle, which is what is published and starts fastest. In a checkout where there is none, or an older one, the
 * modules beside this one, in the form in which this one runs: source or compiled.
 */
export function findGuestProgram(): GuestProgram {
  const extension = extname(HERE);
  const bundle = join(PACKAGE_DIR, 'bundle');
  if (extension === '.js' && isNewer(join(bundle, 'main.cjs'), join(PACKAGE_DIR, 'dist', '.tsbuildinfo')))
    return bundledGuest(bundle);
  const [guest, bridge] = [join(HERE, '..', '..', 'guest'), join(HERE, '..', '..', 'bridge')];
  const folders = [guest, bridge].map((path) => ({ path, isFolder: true }));
  // Node reads it to know that the modules are ES modules.
  const packageFile = { path: join(PACKAGE_DIR, 'package.json'), isFolder: false };
  const [main, worker] = [join(guest, `main${extension}`), join(guest, `worker${extension}`)];
  return { main, worker, files: [...folders, packageFile] };
}

/** @param folder absolute; what `tools/bundle.ts` made */
export function bundledGuest(folder: string): GuestProgram {
  const [main, worker, builder] = [join(folder, 'main.cjs'), join(folder, 'worker.cjs'), join(folder, 'snapshot.cjs')];
  return { main, worker, builder, files: [{ path: folder, isFolder: true }] };
}

function isNewer(file: string, than: string): boolean {
  const [one, other] = [file, than].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return one !== undefined && one > 0 && one >= (other ?? 0);
}
