/**
 * Bundles what is published, and what runs in a checkout once it is there: the command line into `cli/bundle/`, which
 * `cli/bin` starts, what runs in a plugin's process into `loader/bundle/`, and the registry's API for the edge into
 * `scripts/bundle/`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bundleGuest, bundleProgram } from './bundle-program.ts';
import { bundleWorker } from './bundle-worker.ts';

const root = path.resolve(import.meta.dirname, '..');
const files = await replaceFolder('cli/bundle', (folder) => bundleProgram('cli', folder));
await replaceFolder('loader/bundle', bundleGuest);
await replaceFolder('scripts/bundle', (folder) => bundleWorker(path.join(folder, 'worker.js')));
fs.writeFileSync(1, `Bundled the command line: ${files} files; the guest of the sandbox, and the worker.\n`);

/** Whoever starts what is in it meanwhile finds the old one or the new one. */
async function replaceFolder<T>(name: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const folder = path.join(root, name);
  const beside = fs.mkdtempSync(`${folder}-`);
  // Made for one's own eyes alone, which a published package is not.
  fs.chmodSync(beside, 0o755);
  const result = await fill(beside);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(beside, folder);
  return result;
}
