// Finds the `ar` that would have run if this one were not installed, and runs it.
const fs = require('node:fs');
const path = require('node:path');

/** Programs that were handed over to already. It ends the circle of wrappers that find their way back to this file. */
const SEEN = 'AR_PLUGIN_HANDED_OVER';

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} self paths of the program that hands over
 */
exports.handOver = function handOver(args, self) {
  const seen = new Set((process.env[SEEN] || '').split(path.delimiter).filter(Boolean));
  for (const file of self) if (fs.existsSync(file)) seen.add(fs.realpathSync(file));
  const next = findNext(process.env.PATH || '', seen);
  if (next === undefined) {
    refuse(args);
    return;
  }
  seen.add(fs.realpathSync(next));
  const env = { ...process.env, [SEEN]: [...seen].join(path.delimiter) };
  require('./become.js').become(next, args, { argv0: 'ar', env });
};

/** The first `ar` in `searchPath` whose real path is none of `seen`. */
function findNext(searchPath, seen) {
  // On Windows only real programs: what else npm puts there leads back to this file.
  const name = process.platform === 'win32' ? 'ar.exe' : 'ar';
  return searchPath
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => isProgram(file) && !seen.has(fs.realpathSync(file)));
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false; // not there, or not ours to run: PATH goes on
  }
}

function refuse(args) {
  const what = args[0] === undefined ? '`ar` without a command' : `\`ar ${args[0]}\``;
  process.stderr.write(
    `error[COMMAND_NOT_FOUND]: ${what} is for the archiver, and PATH holds no other program called ar.\n` +
      'help: Install binutils to work with archives. For plugins of agent-relay: ar plugin --help\n',
  );
  process.exitCode = 4;
}
