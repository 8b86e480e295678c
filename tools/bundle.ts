/**
 * Bundles what is published, and what runs in a checkout once it is there: the command line into `cli/bundle/`, which
 * `cli/bin` starts, what runs in a plugin's process into `loader/bundle/`, the pipeline, which `scripts/bin` starts, and the
 * registry's API for the edge into `scripts/bundle/`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bundleGuest, bundleProgram } from './bundle-program.ts';
import { bundleWorker } from './bundle-worker.ts';

const root = path.resolve(import.meta.dirname, '..');
const files = await replaceFolder('cli/bundle', (folder) => bundleProgram('cli', folder));
await replaceFolder('loader/bundle', bundleGuest);
const pipeline = await replaceFolder('scripts/bundle', bundlePipeline);
fs.writeFileSync(
  1,
  `Bundled the command line: ${files} files; the pipeline: ${pipeline}; the guest of the sandbox, and the worker.\n`,
);

/** What runs it is the command line's own, and neither may import the other. */
async function bundlePipeline(folder: string): Promise<number> {
  const count = await bundleProgram('scripts', folder);
  fs.copyFileSync(path.join(root, 'cli/bin/start.js'), path.join(folder, 'start.cjs'));
  await bundleWorker(path.join(folder, 'worker.js'));
  return count;
}

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
