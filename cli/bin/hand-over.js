// Finds the `ar` that would have run if this one were not installed, and runs it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './become.js';

const OWN = new Set(['plugin', 'help', 'up', 'completion', '--help', '-h', '--version']);

/** Programs that were handed over to already. It ends the circle of wrappers that find their way back to this file. */
const SEEN = 'AR_PLUGIN_HANDED_OVER';

/**
 * No argument at all is a person's question on a terminal, and the archiver's usage error anywhere else.
 *
 * @param {readonly string[]} args
 * @param {boolean} terminal
 */
export function isOwnCommand(args, terminal) {
  return args[0] === undefined ? terminal : OWN.has(args[0]);
}

/**
 * @param {readonly string[]} args
 * @param {string} self file URL of the program that hands over
 */
export async function handOver(args, self) {
  const seen = new Set((process.env[SEEN] ?? '').split(path.delimiter).filter(Boolean));
  seen.add(fs.realpathSync(fileURLToPath(self)));
  const next = findNext(process.env['PATH'] ?? '', seen);
  if (next === undefined) {
    refuse(args);
    return;
  }
  seen.add(fs.realpathSync(next));
  await become(next, args, { argv0: 'ar', env: { ...process.env, [SEEN]: [...seen].join(path.delimiter) } });
}

/**
 * The first `ar` in `searchPath` that is none of `seen`, through symbolic links.
 *
 * @param {string} searchPath
 * @param {ReadonlySet<string>} seen real paths
 */
export function findNext(searchPath, seen) {
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
