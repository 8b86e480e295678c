/**
 * Compares our search with others on the same documents: `npm run bench:relevance`, `-- --documents 2000 --queries 100`,
 * `-- --only ours`, `-- --seed another`. Each has two lines: weights may be tuned on the queries of the one and never on those of the other.
 * Of 300 queries in a half the standard error of a difference is 0.01, as large as what there is to find; of 1,500, 0.004.
 * See docs/decisions/017-search.md.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { measure } from '../bench/measure.ts';
import { ratios, summarize } from '../bench/statistics.ts';
import { corpusEntries, officialEntries } from './documents.ts';
import type { Engine } from './engine.ts';
import { ENGINES } from './engines.ts';
import { compare } from './compare.ts';
import { evaluate, mean, type Judged } from './evaluate.ts';
import { HALVES, halfOf, type Half } from './halves.ts';
import { naturalQueries } from './natural.ts';
import { GROUPS, knownItems } from './queries.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    documents: { type: 'string', default: '10000' },
    queries: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '7' },
    seed: { type: 'string', default: 'relevance' },
    only: { type: 'string', multiple: true },
    corpus: { type: 'string', default: path.join(ROOT, '../shared/corpus/plugins-100k.tsv.gz') },
  },
});

const entries = [...officialEntries(ROOT), ...(await corpusEntries(values.corpus, Number(values.documents)))];
const known = knownItems(entries, Number(values.queries), values.seed);
const natural = naturalQueries();
const groups: readonly (readonly [string, readonly Judged[]])[] = [
  ...GROUPS.map((group) => [group, known.filter((item) => item.group === group).map(toJudged)] as const),
  ['by hand', [...natural.official, ...natural.corpus]],
];
const counts = HALVES.map((half) => `${half} ${groups.map(([, queries]) => ofHalf(queries, half).length).join(', ')}`);
const chosen = ENGINES.filter(({ name }) => !values.only || values.only.some((part) => name.includes(part)));
/** Engine and group → what each query of a half reached. */
const reached = new Map<string, Map<Half, readonly number[]>>();
const scratch = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-relevance-'));
try {
  process.stdout.write(`${entries.length} documents; MRR@10 and recall@10. Queries: ${counts.join('; ')}\n\n`);
  process.stdout.write(
    row(['', 'half', ...groups.map(([group]) => group), 'index, gzip', 'one query', 'of a Node start']),
  );
  process.stdout.write(row(['---', ...Array.from({ length: groups.length + 4 }, () => '---')]));
  for (const engine of chosen) process.stdout.write((await linesOf(engine)).map(row).join(''));
  process.stdout.write(`\n${row(['ours less the best other', ...groups.map(([group]) => group)])}`);
  process.stdout.write(row(Array.from({ length: groups.length + 1 }, () => '---')));
  for (const half of [...HALVES, 'all'] as const) process.stdout.write(row([half, ...differencesOf(half)]));
  process.stdout.write(`\n${chosen.map(({ name, settings }) => `${name}: ${settings}.`).join('\n')}\n`);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);

function toJudged({ text, name }: { readonly text: string; readonly name: string }): Judged {
  return { text, names: [name] };
}

function ofHalf(queries: readonly Judged[], half: Half): readonly Judged[] {
  return queries.filter(({ names: [name = ''] }) => halfOf(name) === half);
}

function reachedBy({ name }: Engine, group: string, half: Half | 'all'): readonly number[] {
  const halves = reached.get(`${name} ${group}`);
  return (half === 'all' ? HALVES : [half]).flatMap((each) => halves?.get(each) ?? []);
}

/** Of each group: the difference of MRR, its interval, and which one is the best other. */
function differencesOf(half: Half | 'all'): readonly string[] {
  const ours = chosen.find(isOurs);
  const others = chosen.filter((engine) => !isOurs(engine));
  return groups.map(([group]) => {
    const all = others.map((other) => ({ other, own: reachedBy(other, group, half) }));
    const [best] = all.toSorted((a, b) => mean(b.own) - mean(a.own));
    if (!ours || !best) return '';
    const { mean: difference, interval } = compare(reachedBy(ours, group, half), best.own);
    return `${signed(difference)} (${interval.map(signed).join(' to ')}) ${best.other.name}`;
  });
}

function isOurs({ name }: Engine): boolean {
  return name.startsWith('ours');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

async function linesOf(engine: Engine): Promise<readonly (readonly string[])[]> {
  const folder = path.join(scratch, engine.name.replaceAll(/\W+/g, '-'));
  fs.mkdirSync(folder);
  await engine.build(entries, folder);
  const index = await engine.open(folder);
  const lines: (readonly string[])[] = [];
  for (const half of HALVES) {
    const quality: string[] = [];
    for (const [group, queries] of groups) {
      const { mrr, recall, reciprocals } = await evaluate(index, ofHalf(queries, half));
      const halves = reached.get(`${engine.name} ${group}`) ?? new Map<Half, readonly number[]>();
      reached.set(`${engine.name} ${group}`, halves.set(half, reciprocals));
      quality.push(`${mrr.toFixed(3)} ${recall.toFixed(3)}`);
    }
    lines.push([engine.name, half, ...quality]);
  }
  await index.close();
  const size = megabytes(packedBytes(folder));
  return lines.map((line, at) => [
    ...line,
    ...(at === 0 ? [size, coldBytes(engine, folder) ?? size, time(engine, folder)] : ['', '', '']),
  ]);
}

/** What has to be on a server, or to be fetched where it cannot be had in parts. */
function packedBytes(folder: string): number {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => fs.statSync(file).isFile() && !/\.(?:js|mjs|css|wasm)$/.test(file))
    .reduce((sum, file) => sum + gzipSync(fs.readFileSync(file)).length, 0);
}

function argsFor({ name }: Engine, folder: string): readonly string[] {
  const program = path.join(import.meta.dirname, 'ask.ts');
  return ['--conditions=ar-source', '--disable-warning=ExperimentalWarning', program, name, folder, 'slack'];
}

/** What a query reads of an index that can be read in parts. */
function coldBytes(engine: Engine, folder: string): string | undefined {
  const { stdout, stderr, status } = spawnSync(process.execPath, argsFor(engine, folder), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${engine.name} failed:\n${stderr}`);
  const { bytes } = JSON.parse(stdout.trim()) as { readonly bytes?: number };
  return bytes === undefined ? undefined : megabytes(bytes);
}

function time(engine: Engine, folder: string): string {
  const base = { name: 'node', program: () => ({ file: process.execPath, args: ['-e', '0'] }) };
  const own = { name: 'own', program: () => ({ file: process.execPath, args: argsFor(engine, folder) }) };
  const times = measure([base, own], { rounds: Number(values.rounds), warmUps: 1 });
  return `${summarize(ratios(times.get('own') ?? [], times.get('node') ?? [])).median.toFixed(1)} x`;
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
