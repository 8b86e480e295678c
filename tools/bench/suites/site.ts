/**
 * The pages of many plugins: built whole, and again after one of them has changed. The plugins are those of
 * `npm run corpus`, with two or three versions each.
 *
 *     node --conditions=ar-source tools/bench/suites/site.ts --plugins 10000
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Row } from '../benchmark.ts';
import { timeOf, type Program } from '../measure.ts';

/** Within a minute on two cores, most of which is making them. */
const PLUGINS = 500;
/** What is asked of ten thousand. */
const MANY = 10_000;
const BOUNDS = { wholeMs: 90_000, changeMs: 8000, peakMB: 1024 } as const;

export const site: Benchmark = {
  name: 'site',
  summary: `the pages of ${PLUGINS} plugins, whole and after a change of one; of ${MANY}: tools/bench/suites/site.ts`,
  run: ({ scratch, root, node }) => benchSite({ plugins: PLUGINS, folder: path.join(scratch, 'site'), root, node }),
};

interface Bench {
  readonly plugins: number;
  /** Of this run; absolute. */
  readonly folder: string;
  readonly root: string;
  readonly node: string;
}

function benchSite({ plugins, folder, root, node }: Bench): readonly Row[] {
  const [index, api, out] = ['index', 'api', 'out'].map((name) => path.join(folder, name)) as [string, string, string];
  const address = ['--base-url', 'https://registry.example.com'];
  const run = (script: string, ...args: readonly string[]): Program => ({
    file: node,
    args: ['--conditions=ar-source', '--disable-warning=ExperimentalWarning', path.join(root, script), ...args],
    cwd: root,
  });
  fs.mkdirSync(folder, { recursive: true });
  timeOf(run('tools/corpus/main.ts', '--plugins', String(plugins), '--out', index));
  timeOf(run('scripts/src/main.ts', 'build', '--index', index, '--out', api, ...address));
  const peak = path.join(folder, 'peak');
  const pages = withPeak(run('scripts/src/main.ts', 'site', '--api', api, '--out', out, ...address), peak);
  // The templates are compiled before the first: that is done once for a release.
  const wholeMs = timeOf({ ...pages, args: [...pages.args, '--full'] });
  const peakMB = readPeak(peak);
  changeOne(path.join(api, 'api/v1/plugins'));
  const changeMs = timeOf(pages);
  const isMany = plugins >= MANY;
  const bound = (value: number): { readonly bound?: number } => (isMany ? { bound: value } : {});
  const files = fs.readdirSync(out, { recursive: true }).length;
  return [
    { name: `${plugins} plugins, whole`, unit: 'ms', value: wholeMs, ...bound(BOUNDS.wholeMs), note: `${files} files` },
    { name: 'most memory of a process', unit: 'MB', value: peakMB, bound: BOUNDS.peakMB },
    { name: 'after a change of one', unit: 'ms', value: changeMs, ...bound(BOUNDS.changeMs) },
  ];
}

/** Each process of the program leaves in the folder how much memory it had. */
function withPeak(program: Program, folder: string): Program {
  fs.mkdirSync(folder);
  const preload = path.join(folder, 'preload.mjs');
  fs.writeFileSync(
    preload,
    `import fs from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => fs.writeFileSync(${JSON.stringify(folder)} + '/' + process.pid, String(process.resourceUsage().maxRSS)));\n`,
  );
  return { ...program, env: { ...process.env, NODE_OPTIONS: `--import=${preload}` } };
}

/** In megabytes; the file that makes them is none of them. */
function readPeak(folder: string): number {
  const files = fs.readdirSync(folder).filter((file) => /^\d+$/.test(file));
  return Math.max(...files.map((file) => Number(fs.readFileSync(path.join(folder, file), 'utf8')))) / 1024;
}

/** As another description of the latest version would: the document is another one, written whole. */
function changeOne(plugins: string): void {
  const scope = fs.readdirSync(plugins).find((name) => name.startsWith('@')) ?? '';
  const file = fs.readdirSync(path.join(plugins, scope)).find((name) => name.endsWith('.json')) ?? '';
  const target = path.join(plugins, scope, file);
  const document = JSON.parse(fs.readFileSync(target, 'utf8')) as object;
  fs.writeFileSync(`${target}.tmp`, JSON.stringify({ ...document, description: 'Says something else now' }));
  fs.renameSync(`${target}.tmp`, target);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { plugins: { type: 'string', default: String(PLUGINS) } } });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-bench-site-'));
  try {
    const root = path.resolve(import.meta.dirname, '../../..');
    const rows = benchSite({ plugins: Number(values.plugins), folder, root, node: process.execPath });
    console.log(JSON.stringify(rows, undefined, 2));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
