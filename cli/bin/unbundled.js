// Starts the command line in a checkout where there is no bundle, or an old one: what is built, and its source where
// nothing is built yet.
const fs = require('node:fs');
const path = require('node:path');

const BUILT = path.join(__dirname, '../dist/main.js');
const SOURCE = path.join(__dirname, '../src/main.ts');

/** @param {readonly string[]} args */
exports.start = function start(args) {
  if (fs.existsSync(BUILT)) {
    // Failures are the command line's own to tell; what it does not catch shall end the process.
    void import(require('node:url').pathToFileURL(BUILT).href);
    return;
  }
  if (!process.features.typescript) {
    stop('ar plugin is not built, and this Node.js cannot run its source.', 'Build it: npm run build');
    return;
  }
  require('./become.js').become(process.execPath, ['--conditions=ar-source', SOURCE, ...args]);
};

exports.refuseOldNode = function refuseOldNode() {
  stop(`ar plugin needs Node.js 22.13 or newer; this is ${process.versions.node}.`, 'Install a newer Node.js.');
};

function stop(problem, help) {
  process.stderr.write(`error: ${problem}\nhelp: ${help}\n`);
  process.exitCode = 4;
}
