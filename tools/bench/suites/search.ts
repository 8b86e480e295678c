/**
 * A search of a large registry, in a fresh process: with its files there (warm) and with none (cold), and what a query
 * fetches.
 *
 * What is promised is promised of any query: each round has the next one of those that were drawn, the same for all that is
 * compared in it. Beside them are three of which the worst is known.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { SHARDED_FROM } from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import { corpusEntries } from '../../relevance/documents.ts';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { timeOf, type Program } from '../measure.ts';
import { randomQueries } from '../random-queries.ts';
import { ROOT, searchFiles } from '../search-files.ts';
import { type FolderServer, serveFolder } from '../serve-folder.ts';
import { sizesOf } from '../sizes.ts';
import { quantile, summarize } from '../statistics.ts';
import { createUser } from '../user.ts';

/** A rare word, a frequent one, and two frequent ones, of which the lists are put together. */
const QUERIES = ['slack', 'react', 'react component'];
const BOUNDS = { warm: 1.25, cold: 1.7, memoryMB: 70, medianKB: 60, mostKB: 130, requests: 2 };
/** It is asked of registries whose index is in shards. A smaller one has it in one file, which is read as a whole. */
const LARGE = SHARDED_FROM;
const SAMPLE = 300;

export const search: Benchmark = {
  name: 'search',
  summary: '`search` of a large registry, against a bare `node -e 0`: time, memory, and what it fetches',
  run: async (world) => {
    using cli = await installCli(world);
    const rows: Row[] = [];
    for (const plugins of sizesOf(world)) rows.push(...(await measureSize(world, { plugins, versions: cli.versions })));
    return rows;
  },
};

interface Size {
  readonly plugins: number;
  readonly versions: readonly Version[];
}

async function measureSize(world: World, { plugins, versions }: Size): Promise<readonly Row[]> {
  const folder = world.registries.of(plugins).built();
  const queries = randomQueries(await corpusEntries(world.corpus, plugins), SAMPLE);
  // As a registry that is not signed; what signatures add is a benchmark of its own.
  const common = { folder, scratch: world.scratch, hidden: routes.trust };
  await using fresh = await serveFolder({ ...common, cacheControl: 'max-age=600' });
  await using stale = await serveFolder({ ...common, cacheControl: 'no-cache' });
  const places = versions.map((version): Place => ({ ...world, version, fresh, stale }));
  const cases = places.flatMap((place) => [...casesFor(place), ...randomCases(place, queries)]);
  const rows = [
    ...compareWithBareNode(cases, world).slice(1),
    ...(await memory(places, queries)),
    ...(await whatIsFetched(folder, queries)),
  ];
  return rows.map(({ bound, ...row }) => ({
    ...row,
    plugins,
    ...(plugins >= LARGE && bound !== undefined && { bound }),
  }));
}

interface Place extends World {
  readonly version: Version;
  /** Its answers hold for ten minutes, as those of GitHub Pages do. */
  readonly fresh: FolderServer;
  /** It is asked each time whether there is a new index, as where the guide on hosting is followed. */
  readonly stale: FolderServer;
}

function fileIn(folder: string, name: string): string {
  return path.join(folder, name === ROOT ? routes.search : routes.searchFile(name));
}

/** Somebody who searches, for one thing or another. */
interface Searcher {
  readonly home: string;
  readonly run: (query: string) => Program;
}

/** @param query what was searched for before, so that the code is compiled */
function createSearcher({ scratch, version }: Place, server: FolderServer, query: string): Searcher {
  const home = fs.mkdtempSync(path.join(scratch, 'home-'));
  const user = createUser({ scratch, version, registryUrl: server.url }, home);
  const run = (text: string): Program => user.ar('plugin', 'search', ...text.split(' '));
  timeOf(run(query));
  return { home, run };
}

function casesFor(place: Place): readonly Case[] {
  const { fresh, version } = place;
  return QUERIES.flatMap((query): readonly Case[] => {
    const warm = createSearcher(place, fresh, query);
    const cold = createSearcher(place, fresh, query);
    const name = (how: string): string => `search ${query}, ${how}${version.label}`;
    return [
      { name: name('warm'), program: () => warm.run(query), bound: BOUNDS.warm, note: fresh.kind },
      { name: name('cold'), program: () => forgetting(cold, query), bound: BOUNDS.cold, note: fresh.kind },
    ];
  });
}

/** Each round has its query, of which those before it have fetched what they have in common with it. */
function randomCases(place: Place, queries: readonly string[]): readonly Case[] {
  const { fresh, stale, version } = place;
  const [first = ''] = queries;
  const name = (how: string): string => `a random query, ${how}${version.label}`;
  const warm = (server: FolderServer, how: string): Case => {
    const searcher = createSearcher(place, server, first);
    const next = inTurn(queries);
    const program = (): Program => {
      const run = searcher.run(next());
      timeOf(run);
      return run;
    };
    return { name: name(`warm (${how})`), program, bound: BOUNDS.warm, note: server.kind };
  };
  const searcher = createSearcher(place, fresh, first);
  const next = inTurn(queries);
  const cold = { name: name('cold'), program: () => forgetting(searcher, next()), bound: BOUNDS.cold };
  return [warm(fresh, 'fresh'), warm(stale, '304'), { ...cold, note: fresh.kind }];
}

/** Each of them once, and from the first on again. */
function inTurn(queries: readonly string[]): () => string {
  let at = 0;
  return () => queries[at++ % queries.length] ?? '';
}

/** Of the registry there is nothing left. */
function forgetting({ home, run }: Searcher, query: string): Program {
  fs.rmSync(path.join(home, 'data'), { recursive: true, force: true });
  return run(query);
}

async function memory(places: readonly Place[], queries: readonly string[]): Promise<readonly Row[]> {
  if (process.platform !== 'linux') return [];
  const rows: Row[] = [];
  for (const place of places) {
    const searcher = createSearcher(place, place.fresh, QUERIES[0] ?? '');
    const name = (what: string): string => `${what}, cold: memory${place.version.label}`;
    const peak = (query: string): Promise<number> => peakMB(forgetting(searcher, query));
    for (const query of QUERIES)
      rows.push({ name: name(`search ${query}`), unit: 'MB', value: await peak(query), bound: BOUNDS.memoryMB });
    const random: number[] = [];
    for (const query of queries.slice(0, place.rounds)) random.push(await peak(query));
    const { median, lower, upper } = summarize(random);
    rows.push({ name: name('a random query'), unit: 'MB', value: median, spread: [lower, upper] });
    const most = `the most of ${random.length} random queries`;
    rows.push({ name: name(most), unit: 'MB', value: Math.max(...random), bound: BOUNDS.memoryMB });
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

async function whatIsFetched(folder: string, queries: readonly string[]): Promise<readonly Row[]> {
  const costs: Cost[] = [];
  for (const query of queries) costs.push(await costOf(folder, query));
  const kilobytes = costs.map(({ bytes }) => bytes / 1000);
  const requests = costs.map((cost) => cost.requests);
  const name = `${queries.length} random queries, cold:`;
  return [
    { name: `${name} fetched, median`, unit: 'KB', value: quantile(kilobytes, 0.5), bound: BOUNDS.medianKB },
    { name: `${name} fetched, 95th percentile`, unit: 'KB', value: quantile(kilobytes, 0.95), bound: BOUNDS.mostKB },
    { name: `${name} requests, median`, unit: 'count', value: quantile(requests, 0.5), bound: BOUNDS.requests },
    // Words that are all frequent take more, and no bound is set for these.
    { name: `${name} requests, 95th percentile`, unit: 'count', value: quantile(requests, 0.95) },
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
