/**
 * A registry of a given size out of real names and descriptions: `npm run corpus -- --plugins 10000 --out /tmp/big`.
 *
 * The same arguments give the same bytes, down to the commit.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readRows } from './rows.ts';
import { writeRegistry } from './write-registry.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const USAGE = 'npm run corpus -- --plugins <1 to 100000> --out <folder> [--corpus <file.tsv.gz>] [--seed <text>]\n';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    plugins: { type: 'string', default: '' },
    out: { type: 'string', default: '' },
    corpus: { type: 'string', default: path.join(ROOT, '../shared/corpus/plugins-100k.tsv.gz') },
    seed: { type: 'string', default: 'corpus' },
  },
});

const folder = path.resolve(values.out);
const problem = problemWith(folder);
if (problem === undefined) await run();
else {
  process.stderr.write(`${problem}\n${USAGE}`);
  process.exitCode = 2;
}

function problemWith(out: string): string | undefined {
  if (!/^[1-9]\d{0,5}$/.test(values.plugins)) return '--plugins is how many there shall be.';
  if (values.out === '') return '--out is the folder to make.';
  if (out === ROOT || out.startsWith(ROOT + path.sep)) return `${out} is in this repository.`;
  if (fs.existsSync(out) && fs.readdirSync(out).length > 0) return `${out} is not empty.`;
  return fs.existsSync(values.corpus) ? undefined : `There is no corpus at ${values.corpus}.`;
}

async function run(): Promise<void> {
  const startedAt = performance.now();
  const rows = readRows(values.corpus, Number(values.plugins));
  const written = await writeRegistry(rows, { folder, seed: values.seed, onProgress });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { plugins, versions, scopes, archiveBytes, commit } = written;
  const archives = `${(archiveBytes / 1e6).toFixed(1)} MB of archives`;
  process.stdout.write(
    `${plugins} plugins of ${scopes} scopes, ${versions} versions, ${archives}, in ${seconds} s.\n${folder} at ${commit}\n`,
  );
}

function onProgress(plugins: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${plugins} plugins`);
}
