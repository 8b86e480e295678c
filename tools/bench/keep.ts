/** Keeps what a whole run found: as a document, as a picture, and as the tables of docs/performance.md. */
import fs from 'node:fs';
import path from 'node:path';
import { drawResults } from './draw.ts';
import type { ResultsDocument } from './present.ts';
import { fillTables } from './tables.ts';

const RESULTS = 'bench/results.json';
const PICTURE = 'bench/results.svg';
const TABLES = 'docs/performance.md';

export function keepResults(root: string, document: ResultsDocument): void {
  fs.mkdirSync(path.join(root, 'bench'), { recursive: true });
  fs.writeFileSync(path.join(root, RESULTS), `${JSON.stringify(document, undefined, 2)}\n`);
  for (const [file, text] of filesOfResults(root)) fs.writeFileSync(path.join(root, file), text);
}

/** What follows from the results that are kept. @returns path from the top of the repository → text */
export function filesOfResults(root: string): ReadonlyMap<string, string> {
  const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
  // Whoever measured wrote it.
  const document = JSON.parse(read(RESULTS)) as ResultsDocument;
  return new Map([
    [PICTURE, drawResults(document)],
    [TABLES, fillTables(read(TABLES), document)],
  ]);
}
