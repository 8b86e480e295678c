/**
 * The pages of many plugins: built whole, and again after one of them has changed. The plugins are those of
 * `npm run corpus`, with two or three versions each. Processor time besides, which other programs on the machine do not
 * lengthen.
 *
 *     AR_BENCH_PLUGINS=10000 npm run bench -- --only site
 *     node --conditions=ar-source tools/bench/suites/site.ts --api ./build/registry
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Row } from '../benchmark.ts';
import { timeOf, type Program } from '../measure.ts';
import { countingUse, readUse } from '../process-use.ts';
import { linkApi } from '../linked-api.ts';
import { sizesOr } from '../sizes.ts';

/** Within a minute on two cores, most of which is making them. */
const PLUGINS = 500;
/** What is asked of this many; of a change also of more. */
const MANY = 10_000;
const BOUNDS = { wholeMs: 90_000, changeMs: 4000, peakMB: 1024 } as const;
const ADDRESS = ['--base-url', 'https://registry.example.com'] as const;

export const site: Benchmark = {
  name: 'site',
  summary: `the pages of ${PLUGINS} plugins, whole and after a change of one; AR_BENCH_PLUGINS=${MANY} says of how many`,
  run: ({ scratch, root, node }) =>
    sizesOr(PLUGINS).flatMap((plugins) => {
      const bench = { folder: path.join(scratch, `site-${plugins}`), root, node };
      return benchSite(bench, makeApi(bench, plugins));
    }),
};

interface Bench {
  /** Of this run; absolute. */
  readonly folder: string;
  readonly root: string;
  readonly node: string;
}

function program({ root, node }: Bench, script: string, ...args: readonly string[]): Program {
  const flags = ['--conditions=ar-source', '--disable-warning=ExperimentalWarning'];
  return { file: node, args: [...flags, path.join(root, script), ...args], cwd: root };
}

/** @returns its folder */
function makeApi(bench: Bench, plugins: number): string {
  const [index, api] = ['index', 'made'].map((name) => path.join(bench.folder, name)) as [string, string];
  fs.mkdirSync(bench.folder, { recursive: true });
  timeOf(program(bench, 'tools/corpus/main.ts', '--plugins', String(plugins), '--out', index));
  timeOf(program(bench, 'scripts/src/main.ts', 'build', '--index', index, '--out', api, ...ADDRESS));
  return api;
}

/** @param made a built API, which stays as it is */
function benchSite(bench: Bench, made: string): readonly Row[] {
  const [api, out] = ['api', 'out'].map((name) => path.join(bench.folder, name)) as [string, string];
  linkApi(made, api);
  ownLog(api);
  const pages = program(bench, 'scripts/src/main.ts', 'site', '--api', api, '--out', out, ...ADDRESS);
  // The templates are compiled before the first: that is done once for a release.
  const whole = runCounted({ ...pages, args: [...pages.args, '--full'] }, path.join(bench.folder, 'whole'));
  changeOne(api);
  const change = runCounted(pages, path.join(bench.folder, 'change'));
  const plugins = countPlugins(path.join(made, 'api/v1/plugins.json'));
  const bound = (value: number): { readonly bound?: number } => (plugins >= MANY ? { bound: value } : {});
  const files = fs.readdirSync(out, { recursive: true }).length;
  return [
    {
      name: `${plugins} plugins, whole`,
      unit: 'ms',
      value: whole.tookMs,
      // Which is of so many, and not of ten times as many.
      ...(plugins < 2 * MANY ? bound(BOUNDS.wholeMs) : {}),
      note: `${files} files`,
    },
    { name: 'processor time of it', unit: 'ms', value: whole.cpuMs },
    { name: 'most memory of a process', unit: 'MB', value: whole.peakMB, bound: BOUNDS.peakMB },
    { name: 'after a change of one', unit: 'ms', value: change.tookMs, ...bound(BOUNDS.changeMs) },
    { name: 'processor time of that', unit: 'ms', value: change.cpuMs },
    { name: 'most memory then', unit: 'MB', value: change.peakMB, bound: BOUNDS.peakMB },
  ];
}

/** What builds have written since the last one of everything, for those who read what they wrote. */
const LOG = '.ar-files.log';

/** That of the API stays as it is. */
function ownLog(api: string): void {
  const file = path.join(api, LOG);
  const text = fs.existsSync(file) ? fs.readFileSync(file) : '';
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, text);
}

/** @param folder of what the processes leave; not there yet */
function runCounted(what: Program, folder: string): ReturnType<typeof readUse> & { readonly tookMs: number } {
  const tookMs = timeOf(countingUse(what, folder));
  return { tookMs, ...readUse(folder) };
}

function countPlugins(list: string): number {
  return (JSON.parse(fs.readFileSync(list, 'utf8')) as { readonly total: number }).total;
}

const PLUGINS_FOLDER = 'api/v1/plugins';

/**
 * As another description of the latest version would: in the document, in the list, and in the log of what builds write. Files
 * are written whole.
 */
function changeOne(api: string): void {
  const plugins = path.join(api, PLUGINS_FOLDER);
  const scope = fs.readdirSync(plugins).find((name) => name.startsWith('@')) ?? '';
  const file = fs.readdirSync(path.join(plugins, scope)).find((name) => name.endsWith('.json')) ?? '';
  const target = path.join(plugins, scope, file);
  const { name, description } = JSON.parse(fs.readFileSync(target, 'utf8')) as { name: string; description: string };
  const pages = fs.readdirSync(path.join(plugins, 'page')).map((page) => path.join(plugins, 'page', page));
  const listed = pages.filter((page) => fs.readFileSync(page, 'utf8').includes(JSON.stringify(name)));
  for (const each of [target, ...listed]) {
    const text = fs.readFileSync(each, 'utf8');
    const [before, after] = [description, 'Says something else now'].map((says) => JSON.stringify(says)) as [
      string,
      string,
    ];
    const start = text.indexOf(`"description":${before}`, text.indexOf(JSON.stringify(name)));
    fs.writeFileSync(`${each}.tmp`, text.slice(0, start) + text.slice(start).replace(before, () => after));
    fs.renameSync(`${each}.tmp`, each);
    fs.appendFileSync(path.join(api, LOG), `+${path.relative(api, each)}\n`);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { plugins: { type: 'string', default: String(PLUGINS) }, api: { type: 'string' } },
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-bench-site-'));
  try {
    const bench = { folder, root: path.resolve(import.meta.dirname, '../../..'), node: process.execPath };
    const api = values.api === undefined ? makeApi(bench, Number(values.plugins)) : path.resolve(values.api);
    console.log(JSON.stringify(benchSite(bench, api), undefined, 2));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
