/**
 * Set-up of the tests that start `ar` and `ar-registry` as processes: both are bundled anew, so that what runs is what is
 * published and never older than the sources, and starts in a fifth of the time. So is what runs in a plugin's process.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bundleGuest, bundleProgram } from './bundle-program.ts';

const PROGRAMS = { cli: 'AR_TEST_CLI', scripts: 'AR_TEST_PIPELINE' } as const;

export async function setup(): Promise<() => void> {
  const root = path.resolve(import.meta.dirname, '..');
  const folders: string[] = [];
  for (const [workspace, variable] of Object.entries(PROGRAMS)) {
    const folder = fs.mkdtempSync(path.join(root, workspace, 'bundle-test-'));
    folders.push(folder);
    await bundleProgram(workspace, folder);
    process.env[variable] = path.join(folder, 'main.cjs');
  }
  const guest = fs.mkdtempSync(path.join(root, 'loader', 'bundle-test-'));
  folders.push(guest);
  await bundleGuest(guest);
  process.env['AR_TEST_GUEST'] = guest;
  return () => {
    for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
  };
}
