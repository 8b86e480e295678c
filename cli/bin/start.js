// Starts the command line: the bundle, which is what is published; in a checkout where there is none, or an old one,
// what is built; and its source where nothing is built yet.
const fs = require('node:fs');
const path = require('node:path');

const BUNDLE = path.join(__dirname, '../bundle/main.cjs');
const BUILT = path.join(__dirname, '../dist/main.js');
/** What is in the bundle, as a checkout has it. */
const COMPILED = ['..', '../../packages/core', '../../packages/io', '../../schemas'];
const SOURCE = path.join(__dirname, '../src/main.ts');

/** @param {readonly string[]} args */
exports.start = function start(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    stop(`ar plugin needs Node.js 22.13 or newer; this is ${process.versions.node}.`, 'Install a newer Node.js.');
    return;
  }
  process.argv.splice(2, process.argv.length, ...args);
  if (isBundled()) {
    runBundle(args);
    return;
  }
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

/** @param {readonly string[]} args */
function runBundle(args) {
  const words = args.slice(0, 2).filter((word) => /^[a-z][a-z-]{0,20}$/.test(word));
  const command = words.join('-') || 'ar';
  require('./compiled.js').run({ bundle: path.dirname(BUNDLE), product: 'agent-relay', command });
}

/** In a checkout the compiler may have written something newer; where this is published there is nothing to compare. */
function isBundled() {
  const bundledAt = modifiedMs(BUNDLE);
  const builtAt = (folder) => modifiedMs(path.join(__dirname, folder, 'dist/.tsbuildinfo'));
  return bundledAt > 0 && COMPILED.every((folder) => builtAt(folder) <= bundledAt);
}

/** 0 for what is not there. */
function modifiedMs(file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 0 : stats.mtimeMs;
}

function stop(problem, help) {
  process.stderr.write(`error: ${problem}\nhelp: ${help}\n`);
  process.exitCode = 4;
}
