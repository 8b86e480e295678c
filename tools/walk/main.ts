/**
 * `npm start`: walks two plugins from their authors' folders into a running agent-relay daemon, telling what it does,
 * then leaves the registry served. `npm start -- --once` ends after the walk, with 0 only if every step succeeded.
 *
 * Nothing here is staged: each step runs the program that a user would run, in a temporary folder.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { authorSteps } from './author.ts';
import { daemonSteps } from './daemon.ts';
import { registrySteps } from './registry.ts';
import { root, createShell } from './shell.ts';
import { userSteps } from './user.ts';

const once = process.argv.includes('--once');
const started = performance.now();
// Short: the daemon's socket lies below it, and a socket path may have 107 bytes.
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ar-')));
const env = {
  AGENT_RELAY_DATA_DIR: path.join(folder, 'data'),
  AR_PUBLISHER: 'agentworkforce:185690482',
  NO_COLOR: '1',
};
const shell = createShell(env, { [folder]: '…', [root]: '.' });
const cleanups: (() => Promise<void> | void)[] = [];

try {
  await walk();
} catch (error) {
  console.error(`\nThe walk failed: ${error instanceof Error ? shell.short(error.message) : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const cleanup of cleanups.toReversed()) await cleanup();
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function walk(): Promise<void> {
  console.log('Agent Relay plugin registry: from an author’s folder into a running daemon.');
  const index = await authorSteps(shell, folder);
  const registry = await registrySteps(shell, { folder, index });
  cleanups.push(registry.stop);
  const project = await userSteps(shell, { folder, registryUrl: registry.url });
  await daemonSteps(shell, { folder, project });
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  if (once) return;
  console.log(`\nThe registry is served at ${registry.url} until you press Ctrl-C. Open it in a browser, or try:`);
  console.log(`  curl '${registry.url}/api/v1/plugins?q=audit'`);
  console.log(`  node cli/bin/ar.js plugin search audit --registry ${registry.url}`);
  await untilInterrupted();
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    // Signals alone keep no process alive.
    const timer = setInterval(() => undefined, 60_000);
    cleanups.push(() => clearInterval(timer));
  });
}
