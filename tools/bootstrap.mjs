#!/usr/bin/env node
/**
 * The entrance of a fresh clone: plain JavaScript for Node >= 20, because nothing else is there yet.
 *
 *   node tools/bootstrap.mjs start [-- --once]   install, build, walk one plugin through the whole line, then serve
 *   node tools/bootstrap.mjs test  [vitest arguments]
 *   node tools/bootstrap.mjs bench [-- --only <name>] [--json] [--check]   see docs/benchmarks.md
 *   node tools/bootstrap.mjs install
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { movedPackages } from './lockfile.mjs';
import { installSystemPrograms } from './system-packages.mjs';

const root = path.resolve(import.meta.dirname, '..');
const node24 = path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const [command = 'start', ...rest] = process.argv.slice(2);
const args = rest.filter((argument) => argument !== '--');

if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.version} is too old: version 20 or newer is needed.`);

switch (command) {
  case 'install':
    install();
    installForTests();
    break;
  case 'start':
    install();
    build();
    runNode(['--conditions=ar-source', '--disable-warning=ExperimentalWarning', 'tools/walk/main.ts', ...args]);
    break;
  case 'test':
    install();
    installForTests();
    build();
    runNode(['--conditions=ar-source', '--disable-warning=ExperimentalWarning', 'tools/test.ts', ...args]);
    break;
  case 'bench':
    install();
    installForTests();
    build();
    runNode(['--conditions=ar-source', '--disable-warning=ExperimentalWarning', 'tools/bench/main.ts', ...args]);
    break;
  default:
    fail(`Unknown command ${command}: start, test, bench or install.`);
}

/** Brings both dependency trees up to their lockfiles; does nothing when they are. */
function install() {
  installTree(root, ['install', '--no-audit', '--no-fund']);
  if (!fs.existsSync(node24)) npm(root, ['rebuild', 'node', '--foreground-scripts']);
  if (!fs.existsSync(node24)) fail('The development runtime (the npm package `node`) could not be installed.');
  // Apart, so that the install scripts of agent-relay (native builds of five minutes) stay off for it alone.
  installTree(path.join(root, 'tools/agent-relay'), ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
}

/** What only tests need, apart: large, and whoever runs `npm start` should not wait for it. */
function installForTests() {
  installSystemPrograms();
  const folder = path.join(root, 'tools/test-dependencies');
  installTree(folder, ['install', '--no-audit', '--no-fund']);
  for (const name of ['node22', 'node26']) {
    const program = path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (!fs.existsSync(program)) npm(folder, ['rebuild', name, '--foreground-scripts']);
  }
}

/**
 * `npm install` rather than `npm ci`: where a registry lacks the binaries of other platforms, `npm ci` refuses a lock
 * that names them. What is locked must come out as it went in, and so does the file.
 */
function installTree(folder, npmArgs) {
  const lockFile = path.join(folder, 'package-lock.json');
  const stampFile = path.join(folder, 'node_modules/.installed');
  const wanted = stamp(folder);
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === wanted) return;
  console.log(`Installing the dependencies of ${path.relative(root, folder) || 'the repository'} …`);
  const before = fs.readFileSync(lockFile, 'utf8');
  npm(folder, npmArgs);
  const after = fs.readFileSync(lockFile, 'utf8');
  if (after !== before) fs.writeFileSync(lockFile, before);
  const [moved] = movedPackages(before, after);
  if (moved !== undefined)
    fail(`npm changed ${moved || 'the root'} in ${path.relative(root, lockFile)}: it does not fit package.json.`);
  fs.writeFileSync(stampFile, stamp(folder));
}

/** Changes whenever a lockfile or a package.json of the tree does. */
function stamp(folder) {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  for (const file of ['package.json', 'package-lock.json']) hash.update(fs.readFileSync(path.join(folder, file)));
  return hash.digest('hex');
}

function build() {
  run(node24, [path.join(root, 'node_modules/typescript/bin/tsc'), '--build']);
  run(node24, [path.join(root, 'tools/bundle.ts')]);
}

function npm(cwd, npmArgs) {
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', npmArgs, cwd);
}

function runNode(nodeArgs) {
  run(node24, nodeArgs);
}

function run(program, programArgs, cwd = root) {
  const env = {
    ...process.env,
    PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  const { status, signal, error } = spawnSync(program, programArgs, { cwd, env, stdio: 'inherit' });
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
