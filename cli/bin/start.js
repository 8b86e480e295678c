// Starts the command line: what is built, or its source in a checkout where nothing is built yet.
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const BUILT = path.join(__dirname, '../dist/main.js');
const SOURCE = path.join(__dirname, '../src/main.ts');

/** @param {readonly string[]} args */
exports.start = function start(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    stop(`ar plugin needs Node.js 22.13 or newer; this is ${process.versions.node}.`, 'Install a newer Node.js.');
    return;
  }
  if (fs.existsSync(BUILT)) {
    process.argv.splice(2, process.argv.length, ...args);
    // Failures are the command line's own to tell; what it does not catch shall end the process.
    void import(pathToFileURL(BUILT).href);
    return;
  }
  if (!process.features.typescript) {
    stop('ar plugin is not built, and this Node.js cannot run its source.', 'Build it: npm run build');
    return;
  }
  require('./become.js').become(process.execPath, ['--conditions=ar-source', SOURCE, ...args]);
};

function stop(problem, help) {
  process.stderr.write(`error: ${problem}\nhelp: ${help}\n`);
  process.exitCode = 4;
}
