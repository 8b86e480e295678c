import { readTextIfExists } from '@ar-registry/io/files';
import path from 'node:path';
import { walkServed } from '../deploy/site-files.ts';
import type { Measure } from './hosts.ts';

/** @param site absolute @throws FILE_NOT_FOUND, FILE_ACCESS, ABORTED */
export async function measureSite(site: string, signal: AbortSignal): Promise<Readonly<Record<Measure, number>>> {
  let [files, bytes, largest] = [0, 0, 0];
  for await (const { size } of walkServed(site)) {
    signal.throwIfAborted();
    files += 1;
    bytes += size;
    largest = Math.max(largest, size);
  }
  const headers = await linesOf(path.join(site, '_headers'));
  const redirects = await linesOf(path.join(site, '_redirects'));
  const patterns = redirects.filter((line) => /[*:]/.test(line.split(/\s/, 1)[0] ?? '')).length;
  return {
    files,
    bytes,
    'bytes of a file': largest,
    // What is indented belongs to the rule above.
    'rules of _headers': headers.filter((line) => /^\S/.test(line)).length,
    'rules of _redirects without a *': redirects.length - patterns,
    'rules of _redirects with a *': patterns,
    'characters of a line of _headers': longestOf(headers),
    'characters of a line of _redirects': longestOf(redirects),
  };
}

function longestOf(lines: readonly string[]): number {
  return lines.reduce((most, { length }) => Math.max(most, length), 0);
}

/** Without empty ones and remarks. */
async function linesOf(file: string): Promise<readonly string[]> {
  const text = (await readTextIfExists(file)) ?? '';
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
