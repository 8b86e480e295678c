// Starts the command line: the bundle, which is what is published; what else a checkout has is in `unbundled.js`.
//
// All that a start needs is in this file, since to find another one takes longer than to run it. `run` is the pipeline's
// too, which has a copy: `tools/bundle.ts` puts it beside that bundle.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const BUNDLE = path.join(__dirname, '../bundle');
/** What is in the bundle, as a checkout has it. */
const COMPILED = ['..', '../../packages/core', '../../packages/io', '../../schemas'];

/** @param {readonly string[]} args */
exports.start = function start(args) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    require('./unbundled.js').refuseOldNode();
    return;
  }
  process.argv.splice(2, process.argv.length, ...args);
  if (!isCurrent()) {
    require('./unbundled.js').start(args);
    return;
  }
  const words = args.slice(0, 2).filter((word) => /^[a-z][a-z-]{0,20}$/.test(word));
  exports.run({ bundle: BUNDLE, product: 'agent-relay', command: words.join('-') || 'ar' });
};

/** In a checkout the compiler may have written something newer; where this is published there is nothing to compare. */
function isCurrent() {
  if (!fs.existsSync(path.join(__dirname, '../src'))) return fs.existsSync(path.join(BUNDLE, 'main.cjs'));
  const bundledAt = modifiedMs(path.join(BUNDLE, 'main.cjs'));
  const builtAt = (folder) => modifiedMs(path.join(__dirname, folder, 'dist/.tsbuildinfo'));
  return bundledAt > 0 && COMPILED.every((folder) => builtAt(folder) <= bundledAt);
}

/** 0 for what is not there. */
function modifiedMs(file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 0 : stats.mtimeMs;
}

// The bundle is run with what V8 made of it kept for the next time, functions that were called included: to compile those
// takes half of what a command takes. The compile cache of Node.js keeps what is compiled at once, which is none of them.
// As in browsers, what is run once is not kept; the second time it is, and the third what that found besides.

/** So often a command's code is kept: what it does may differ from one time to the next. */
const TIMES = 2;
const MONTH_MS = 30 * 86_400_000;

/**
 * @param {{ bundle: string, product: string, command: string }} options
 *   `product`: whose folder in the user's caches; `command`: what is called at once has its own file
 */
exports.run = function run({ bundle, product, command }) {
  const folder = compiledFolder(product);
  // In the first line there is a hash of all files.
  const main = folder === undefined ? Buffer.alloc(0) : fs.readFileSync(path.join(bundle, 'main.cjs'));
  const id = /^\/\/ ([0-9a-f]{32})\n/.exec(main.latin1Slice(0, 36))?.[1];
  if (id === undefined) {
    require(path.join(bundle, 'main.cjs'));
    return;
  }
  const file = path.join(folder, `${id}-${process.version}-${process.arch}`, command);
  const kept = readKept(file);
  const scripts = new Map();
  const modules = new Map();
  const load = (name, source) => {
    const loaded = modules.get(name);
    if (loaded) return loaded.exports;
    const filename = path.join(bundle, name);
    const script = new vm.Script(toFunction(source ?? fs.readFileSync(filename)), {
      filename,
      cachedData: kept.parts.get(name),
    });
    scripts.set(name, script);
    const module = { exports: {}, filename, id: filename };
    modules.set(name, module);
    script.runInThisContext().call(module.exports, module.exports, requireFrom, module, filename, bundle);
    return module.exports;
  };
  const requireOutside = outside(folder);
  const requireFrom = (wanted) => (wanted.startsWith('./') ? load(wanted.slice(2)) : requireOutside(wanted));
  process.on('exit', (code) => {
    const isNew = [...scripts].some(([name, script]) => !kept.parts.has(name) || script.cachedDataRejected === true);
    // Words that are no command leave nothing.
    if (code === 0 && (isNew || kept.times < TIMES)) keep(file, scripts, kept);
  });
  load('main.cjs', main);
};

const BEFORE = Buffer.from('(function (exports, require, module, __filename, __dirname) {');
const AFTER = Buffer.from('\n})');

/**
 * A file of the bundle as what Node.js makes of modules. It is ASCII, as the bundler writes it; put together as bytes,
 * because what is put together as texts is on V8's heap twice.
 */
function toFunction(source) {
  return Buffer.concat([BEFORE, source, AFTER]).latin1Slice();
}

/**
 * Where what V8 made of the bundle is kept for the next time. In the user's own cache folder: Node.js would take a folder
 * of the temporary ones, where anybody may have put code of his own. For the same reason not in the home folder of
 * somebody else, as after `sudo`.
 */
function compiledFolder(product) {
  const home = process.env.HOME || process.env.LOCALAPPDATA;
  const folder = process.env.XDG_CACHE_HOME || (home && path.join(home, '.cache'));
  if (process.env.NODE_DISABLE_COMPILE_CACHE || !folder || !path.isAbsolute(folder)) return undefined;
  return isOwn(process.env.XDG_CACHE_HOME || home) ? path.join(folder, product, 'compiled') : undefined;
}

function isOwn(folder) {
  try {
    const stats = fs.statSync(folder, { throwIfNoEntry: false });
    return stats !== undefined && (!process.getuid || stats.uid === process.getuid());
  } catch {
    return false; // what one may not even look at, as after `su`, is somebody else's
  }
}

/** Loads packages that are not in the bundle, which few commands need. */
function outside(folder) {
  let isKeeping = false;
  return (name) => {
    if (isKeeping || name.startsWith('node:')) return require(name);
    const { enableCompileCache, isBuiltin } = require('node:module');
    if (isBuiltin(name)) return require(name);
    enableCompileCache(path.join(folder, 'packages'));
    isKeeping = true;
    return require(name);
  };
}

/**
 * What is kept, by the name of the file; `times` is -1 where a command was never run. V8 checks versions, switches and
 * lengths, and would run what a disk damaged: so everything is there twice.
 */
function readKept(file) {
  const nothing = { times: -1, parts: new Map() };
  try {
    const bytes = fs.readFileSync(file);
    if (bytes.length === 0) return { ...nothing, times: 0 };
    const half = bytes.subarray(0, bytes.length / 2);
    if (!half.equals(bytes.subarray(bytes.length / 2))) return nothing;
    const end = half.indexOf(0x0a);
    const { times, lengths } = JSON.parse(half.toString('latin1', 0, end));
    const parts = new Map();
    let at = end + 1;
    for (const [name, length] of lengths) {
      parts.set(name, half.subarray(at, at + length));
      at += length;
    }
    return { times, parts };
  } catch {
    return nothing; // nothing was kept yet, or it is damaged
  }
}

/** Written beside and renamed. Where it cannot be kept nothing is said. */
function keep(file, scripts, { times, parts: before }) {
  try {
    const isFirst = fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 }) !== undefined;
    if (isFirst) forgetOthers(path.dirname(file));
    const now = times < 0 ? [] : [...scripts].map(([name, script]) => [name, script.createCachedData()]);
    // What was loaded before, when the command went another way, stays.
    const parts = [...new Map([...before, ...now])];
    const lengths = parts.map(([name, data]) => [name, data.length]);
    const head = Buffer.from(`${JSON.stringify({ times: times + 1, lengths })}\n`, 'latin1');
    const half = Buffer.concat([head, ...parts.map(([, data]) => data)]);
    const beside = `${file}.${process.pid}-${process.hrtime.bigint()}.tmp`;
    fs.writeFileSync(beside, times < 0 ? '' : Buffer.concat([half, half]), { mode: 0o600 });
    fs.renameSync(beside, file);
  } catch {
    // the next time takes as long as this one
  }
}

/** Of bundles and of a Node.js that are not run any more: their code would stay for ever. */
function forgetOthers(own) {
  const folder = path.dirname(own);
  for (const name of fs.readdirSync(folder)) {
    const other = path.join(folder, name);
    const isOld = Date.now() - fs.statSync(other).mtimeMs > MONTH_MS;
    if (other !== own && name !== 'packages' && isOld) fs.rmSync(other, { recursive: true, force: true });
  }
}
