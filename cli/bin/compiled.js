// Runs the bundle with what V8 made of it kept for the next time, functions that were called included: to compile those
// takes half of what a command takes. The compile cache of Node.js keeps what is compiled at once, which is none of them.
// As in browsers, what is run once is not kept; the second time it is, and the third what that found besides.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

/** So often a command's code is kept: what it does may differ from one time to the next. */
const TIMES = 2;
const MONTH_MS = 30 * 86_400_000;

/**
 * @param {{ bundle: string, product: string, command: string }} options
 *   `product`: whose folder in the user's caches; `command`: what is called at once has its own file
 */
exports.run = function run({ bundle, product, command }) {
  const folder = compiledFolder(product);
  // ASCII, as the bundler writes it, and in the first line a hash of all files.
  const main = folder === undefined ? '' : fs.readFileSync(path.join(bundle, 'main.cjs'), 'latin1');
  const id = /^\/\/ ([0-9a-f]{32})\n/.exec(main)?.[1];
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
    const script = new vm.Script(
      `(function (exports, require, module, __filename, __dirname) {${source ?? fs.readFileSync(filename, 'latin1')}\n})`,
      { filename, cachedData: kept.parts.get(name) },
    );
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
  const stats = fs.statSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && (!process.getuid || stats.uid === process.getuid());
}

/** Loads packages that are not in the bundle, which few commands need. */
function outside(folder) {
  let isKeeping = false;
  return (name) => {
    const { enableCompileCache, isBuiltin } = require('node:module');
    if (!isKeeping && !isBuiltin(name)) enableCompileCache(path.join(folder, 'packages'));
    isKeeping ||= !isBuiltin(name);
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
