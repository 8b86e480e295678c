/**
 * A search of a large registry, in a fresh process: with its files there (warm) and with none (cold), and what a query
 * fetches. Of 10,000 plugins of the corpus, or of as many as AR_BENCH_SEARCH_PLUGINS says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { routes } from '@ar-registry/core/layout';
import type { SearchEntry } from '@ar-registry/core/search';
import { createRandom } from '../../corpus/random.ts';
import { corpusEntries, officialEntries } from '../../relevance/documents.ts';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { timeOf, type Program } from '../measure.ts';
import { writeRegistry } from '../registry-folder.ts';
import { ROOT, searchFiles, writeSearchFiles } from '../search-files.ts';
import { type FolderServer, serveFolder } from '../serve-folder.ts';
import { quantile } from '../statistics.ts';
import { createUser } from '../user.ts';

const PLUGINS = Number(process.env['AR_BENCH_SEARCH_PLUGINS'] ?? 10_000);
/** A rare word, a frequent one, and two frequent ones, of which the lists are put together. */
const QUERIES = ['slack', 'react', 'react component'];
const BOUNDS = { warm: 1.25, cold: 1.7, memoryMB: 70, medianKB: 60, mostKB: 130, requests: 2 };
const SAMPLE = 300;

export const search: Benchmark = {
  name: 'search',
  summary: `\`search\` of ${PLUGINS} plugins, against a bare \`node -e 0\`: time, memory, and what it fetches`,
  run: async (world) => {
    using cli = await installCli(world);
    const corpus = process.env['AR_BENCH_CORPUS'] ?? path.join(world.root, '../shared/corpus/plugins-100k.tsv.gz');
    const entries = [...officialEntries(world.root), ...(await corpusEntries(corpus, PLUGINS))];
    const folder = path.join(world.scratch, 'search');
    await writeRegistry(folder, 1);
    fs.mkdirSync(path.dirname(fileIn(folder, 'any')), { recursive: true });
    await writeSearchFiles(entries, (name, bytes) => fs.writeFileSync(fileIn(folder, name), bytes));
    await using server = await serveFolder({ folder, scratch: world.scratch, cacheControl: 'max-age=600' });
    const places = cli.versions.map((version): Place => ({ ...world, version, server }));
    return [
      ...compareWithBareNode(places.flatMap(casesFor), world),
      ...(await memory(places)),
      ...(await whatIsFetched(folder, entries)),
    ];
  },
};

interface Place extends World {
  readonly version: Version;
  readonly server: FolderServer;
}

function fileIn(folder: string, name: string): string {
  return path.join(folder, name === ROOT ? routes.search : routes.searchFile(name));
}

/** What a user runs who has run it before, so that its code is compiled. */
function searching(
  { scratch, version, server }: Place,
  query: string,
): { readonly home: string; readonly run: Program } {
  const home = fs.mkdtempSync(path.join(scratch, 'home-'));
  const run = createUser({ scratch, version, registryUrl: server.url }, home).ar(
    'plugin',
    'search',
    ...query.split(' '),
  );
  timeOf(run);
  return { home, run };
}

function casesFor(place: Place): readonly Case[] {
  return QUERIES.flatMap((query): readonly Case[] => {
    const warm = searching(place, query);
    const cold = searching(place, query);
    const note = place.server.kind;
    const name = (how: string): string => `search ${query}, ${how}${place.version.label}`;
    return [
      { name: name('warm'), program: () => warm.run, bound: BOUNDS.warm, note },
      { name: name('cold'), program: () => forgetting(cold), bound: BOUNDS.cold, note },
    ];
  });
}

/** Of the registry there is nothing left. */
function forgetting({ home, run }: { readonly home: string; readonly run: Program }): Program {
  fs.rmSync(path.join(home, 'data'), { recursive: true, force: true });
  return run;
}

async function memory(places: readonly Place[]): Promise<readonly Row[]> {
  if (process.platform !== 'linux') return [];
  const rows: Row[] = [];
  for (const place of places)
    for (const query of QUERIES) {
      const value = await peakMB(forgetting(searching(place, query)));
      rows.push({
        name: `search ${query}, cold: memory${place.version.label}`,
        unit: 'MB',
        value,
        bound: BOUNDS.memoryMB,
      });
    }
  return rows;
}

/** The most that a process held in memory, as the system says while it runs. @source proc_pid_status(5) */
async function peakMB({ file, args, env, cwd }: Program): Promise<number> {
  const child = spawn(file, args, { stdio: 'ignore', ...(env && { env }), ...(cwd !== undefined && { cwd }) });
  let peakKB = 0;
  const look = setInterval(() => {
    const status = readIfThere(`/proc/${child.pid ?? 0}/status`);
    peakKB = Math.max(peakKB, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }, 1);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${code}`);
  return peakKB / 1024;
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** What queries of one to three words fetch that stand in the name or the description of one plugin. */
async function whatIsFetched(folder: string, entries: readonly SearchEntry[]): Promise<readonly Row[]> {
  const random = createRandom('search');
  const costs: Cost[] = [];
  for (let query = 0; query < SAMPLE; query += 1) {
    const entry = entries[random.below(entries.length)];
    const words = entry ? `${entry.name} ${entry.description}`.toLowerCase().match(/[a-z]{3,}/g) : undefined;
    const text = Array.from({ length: 1 + random.below(3) }, () => words?.[random.below(words.length)]).join(' ');
    costs.push(await costOf(folder, text));
  }
  const kilobytes = costs.map(({ bytes }) => bytes / 1000);
  const requests = costs.map((cost) => cost.requests);
  const name = `${SAMPLE} queries, cold:`;
  return [
    { name: `${name} fetched, median`, unit: 'KB', value: quantile(kilobytes, 0.5), bound: BOUNDS.medianKB },
    { name: `${name} fetched, 95th percentile`, unit: 'KB', value: quantile(kilobytes, 0.95), bound: BOUNDS.mostKB },
    { name: `${name} requests, median`, unit: 'count', value: quantile(requests, 0.5), bound: BOUNDS.requests },
    {
      name: `${name} requests, 95th percentile`,
      unit: 'count',
      value: quantile(requests, 0.95),
      bound: BOUNDS.requests,
    },
  ];
}

interface Cost {
  readonly bytes: number;
  readonly requests: number;
}

/** Where the server compresses what is not compressed yet, which the index alone is not. */
async function costOf(folder: string, text: string): Promise<Cost> {
  let bytes = 0;
  let requests = 0;
  const read = (name: string): Uint8Array => {
    const content = fs.readFileSync(fileIn(folder, name));
    bytes += name === ROOT ? gzipSync(content).length : content.length;
    requests += 1;
    return content;
  };
  await searchFiles(read, { text, limit: 20 });
  return { bytes, requests };
}
