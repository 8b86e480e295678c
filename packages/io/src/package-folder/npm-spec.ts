import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How a package.json asks npm for the package that holds `entry`: a caret range where it was installed, and `file:` with
 * its folder in a checkout, from which it can be linked.
 *
 * @param entry file URL of a module one folder below the package's own
 */
export async function npmSpecOf(entry: string): Promise<string> {
  const folder = path.dirname(path.dirname(await realpath(fileURLToPath(entry))));
  if (!folder.split(path.sep).includes('node_modules')) return `file:${folder}`;
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return `^${version}`;
}
