#!/usr/bin/env node
// Committed as it is: runs the bundle, which is what is published; in a checkout where there is none, or an old one, what
// is built; and the sources where nothing is built yet. CommonJS, because that starts fastest.
const fs = require('node:fs');
const path = require('node:path');

const BUNDLE = path.join(__dirname, '../bundle');
const BUILT = path.join(__dirname, '../dist/main.js');
/** What is in the bundle, as a checkout has it. */
const COMPILED = ['..', '../../packages/core', '../../packages/io', '../../schemas'];

if (process.argv[2] === '--version') process.stdout.write(`ar-registry ${require('../package.json').version}\n`);
else if (isBundled()) runBundle(process.argv[2] ?? '');
else if (fs.existsSync(BUILT)) void import(require('node:url').pathToFileURL(BUILT).href);
else runSources();

/** @param {string} command */
function runBundle(command) {
  const name = /^[a-z][a-z-]{0,20}$/.test(command) ? command : 'ar-registry';
  // The command line's own: `tools/bundle.ts` puts it beside the bundle.
  require(path.join(BUNDLE, 'start.cjs')).run({ bundle: BUNDLE, product: 'ar-registry', command: name });
}

/** In a checkout the compiler may have written something newer; where this is published there is nothing to compare. */
function isBundled() {
  const bundledAt = modifiedMs(path.join(BUNDLE, 'main.cjs'));
  const builtAt = (folder) => modifiedMs(path.join(__dirname, folder, 'dist/.tsbuildinfo'));
  return bundledAt > 0 && COMPILED.every((folder) => builtAt(folder) <= bundledAt);
}

/** 0 for what is not there. */
function modifiedMs(file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 0 : stats.mtimeMs;
}

function runSources() {
  const { spawn } = require('node:child_process');
  const main = path.join(__dirname, '../src/main.ts');
  const child = spawn(process.execPath, ['--conditions=ar-source', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 130 : (code ?? 70);
  });
}
