// Starts the command line: what is built, or its source in a checkout where nothing is built yet.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { become } from './become.js';

const BUILT = new URL('../dist/main.js', import.meta.url);
const SOURCE = new URL('../src/main.ts', import.meta.url);

/** @param {readonly string[]} args */
export async function start(args) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    stop(`ar needs Node.js 22.13 or newer; this is ${process.versions.node}.`, 'Install a newer Node.js.');
    return;
  }
  if (fs.existsSync(BUILT)) {
    process.argv.splice(2, process.argv.length, ...args);
    await import(BUILT.href);
    return;
  }
  if (!process.features.typescript) {
    stop('ar is not built, and this Node.js cannot run its source.', 'Build it: npm run build');
    return;
  }
  await become(process.execPath, ['--conditions=ar-source', fileURLToPath(SOURCE), ...args]);
}

function stop(problem, help) {
  process.stderr.write(`error: ${problem}\nhelp: ${help}\n`);
  process.exitCode = 4;
}
