import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { toPluginName } from '../corpus/rows.ts';

const known = new Map<string, readonly string[]>();

/** Names of the first rows of a corpus: those that a registry of any size has. */
export function firstNames(corpus: string, count: number): readonly string[] {
  const names = known.get(corpus) ?? readNames(corpus);
  known.set(corpus, names);
  return names.slice(0, count);
}

function readNames(corpus: string): readonly string[] {
  const [, ...lines] = gunzipSync(fs.readFileSync(corpus)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => toPluginName(line.slice(0, line.indexOf('\t'))));
}
