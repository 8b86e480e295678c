import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * How a package.json asks npm for the package that holds `entry`: a caret range where it was installed, and `file:` with
 * its folder in a checkout, from which it can be linked.
 *
 * @param entry absolute path of a module one folder below the package's own
 */
export async function npmSpecOf(entry: string): Promise<string> {
  const folder = path.dirname(path.dirname(await realpath(entry)));
  if (!folder.split(path.sep).includes('node_modules')) return `file:${folder}`;
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return `^${version}`;
}
