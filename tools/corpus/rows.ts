/** The rows of the corpus: one package each, tab-separated under a header, gzipped. */
import fs from 'node:fs';
import zlib from 'node:zlib';
import { nameProblem } from '@ar-registry/core/name';
import type { PluginName, PluginType, Version } from '@ar-registry/schemas';

export interface CorpusRow {
  readonly name: PluginName;
  readonly version: Version;
  /** A month. */
  readonly downloads: number;
  readonly type: PluginType;
  readonly category: string;
  readonly tags: readonly string[];
  /** Anything but control characters, in any language. */
  readonly description: string;
}

const HEADER = 'name\tversion\tdownloads\ttype\tcategory\ttags\tdescription';

/** The first `count` rows, in their order, as they are read. @throws Error for a file of another form, or a shorter one */
export async function* readRows(file: string, count: number): AsyncGenerator<CorpusRow> {
  let read = -1;
  for await (const line of linesOf(file)) {
    if (read === -1 && line !== HEADER) throw new Error(`${file} does not begin with the header of a corpus.`);
    if (read >= 0) yield parseRow(line);
    read += 1;
    if (read === count) return;
  }
  throw new Error(`${file} has only ${Math.max(0, read)} rows.`);
}

/** Ended by line feeds alone: for `node:readline`, U+2028 within a description ends a line too. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const input = fs.createReadStream(file).pipe(zlib.createGunzip()).setEncoding('utf8');
  let rest = '';
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** npm has packages called `page` and `constructor`, and a registry no plugins. The names of a corpus are unlike these. */
export function toPluginName(name: string): PluginName {
  return nameProblem(name) === undefined ? name : `${name}-plugin`;
}

function parseRow(line: string): CorpusRow {
  const cells = line.split('\t');
  const [name = '', version = '', downloads = '', type = '', category = '', tags = '', description] = cells;
  if (cells.length !== 7 || description === undefined) throw new Error(`Not a row of a corpus: ${line}`);
  return {
    name: toPluginName(name),
    version,
    downloads: Number(downloads),
    type: type as PluginType,
    category,
    tags: tags === '' ? [] : tags.split(','),
    description,
  };
}
