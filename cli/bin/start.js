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
  const folder = compiledFolder();
  if (folder === undefined) {
    require(BUNDLE);
    return;
  }
  let isKeeping = false;
  const requireOutside = (name) => {
    const { enableCompileCache, isBuiltin } = require('node:module');
    // Packages that are not in the bundle, which few commands need.
    if (!isKeeping && !isBuiltin(name)) enableCompileCache(path.join(folder, 'packages'));
    isKeeping ||= !isBuiltin(name);
    return require(name);
  };
  const words = args.slice(0, 2).filter((word) => /^[a-z][a-z-]{0,20}$/.test(word));
  const command = words.join('-') || 'ar';
  require('./compiled.js').run({ bundle: path.dirname(BUNDLE), folder, command, requireOutside });
}

/**
 * Where what V8 made of the bundle is kept for the next time. In the user's own cache folder: Node.js would take a folder
 * of the temporary ones, where anybody may have put code of his own. For the same reason not in the home folder of
 * somebody else, as after `sudo`.
 */
function compiledFolder() {
  const home = process.env.HOME || process.env.LOCALAPPDATA;
  const folder = process.env.XDG_CACHE_HOME || (home && path.join(home, '.cache'));
  if (process.env.NODE_DISABLE_COMPILE_CACHE || !folder || !path.isAbsolute(folder)) return undefined;
  return isOwn(process.env.XDG_CACHE_HOME || home) ? path.join(folder, 'agent-relay', 'compiled') : undefined;
}

function isOwn(folder) {
  const stats = fs.statSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && (!process.getuid || stats.uid === process.getuid());
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
