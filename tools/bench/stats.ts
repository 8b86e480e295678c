/**
 * Counting, measured: `ar-registry stats collect` over a log made here, against `wc -l` and against DuckDB doing nothing
 * but reading the same lines. The log and everything else lies in a temporary folder and goes with it.
 *
 *     node --conditions=ar-source tools/bench/stats.ts --lines 10000000 --rounds 1
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { measure, type Program, type Subject } from './measure.ts';
import { median, ratios } from './statistics.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface StatsBench {
  readonly lines: number;
  readonly bytes: number;
  /** Medians over the rounds. */
  readonly linesPerSecond: { readonly collect: number; readonly scan: number; readonly wc: number };
  /** How many times as long as the other one `collect` takes, medians of ratios within a round. */
  readonly ratioTo: { readonly scan: number; readonly wc: number };
  /** Most memory that the process had, with the database’s limit of 1024 MiB. */
  readonly peakMiB: number;
}

/** As one of many: a million lines. */
export const stats: Benchmark = {
  name: 'stats',
  summary: 'Counting a million lines of an access log, against DuckDB reading them and against `wc -l`.',
  run: () => {
    const { linesPerSecond, ratioTo, peakMiB } = benchStats({ lines: 1_000_000, rounds: 3 });
    return [
      { name: 'stats collect', unit: '1/s', value: linesPerSecond.collect },
      { name: 'stats collect / DuckDB reading', unit: 'x', value: ratioTo.scan },
      { name: 'stats collect / wc -l', unit: 'x', value: ratioTo.wc },
      { name: 'stats collect, most memory', unit: 'MB', value: peakMiB },
    ];
  },
};

/** @param rounds after one that does not count */
function benchStats({ lines, rounds }: { readonly lines: number; readonly rounds: number }): StatsBench {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-bench-stats-'));
  try {
    const log = path.join(folder, 'access.log');
    writeLog(log, lines);
    writeIndex(path.join(folder, 'index'));
    const times = measure(subjectsOf(folder, log), { rounds, warmUps: 1 });
    const of = (name: string): readonly number[] => times.get(name) ?? [];
    const speed = (name: string): number => Math.round(lines / (median(of(name)) / 1000));
    return {
      lines,
      bytes: fs.statSync(log).size,
      linesPerSecond: { collect: speed('collect'), scan: speed('scan'), wc: speed('wc') },
      ratioTo: { scan: median(ratios(of('collect'), of('scan'))), wc: median(ratios(of('collect'), of('wc'))) },
      peakMiB: Math.round(Number(fs.readFileSync(path.join(folder, 'peak'), 'utf8')) / 1024),
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function subjectsOf(folder: string, log: string): readonly Subject[] {
  const index = path.join(folder, 'index');
  const collect: Program = {
    file: process.execPath,
    args: [
      '--conditions=ar-source',
      `--import=data:text/javascript,${encodeURIComponent(WRITE_PEAK)}`,
      path.join(root, 'scripts/src/main.ts'),
      'stats',
      'collect',
      `--index=${index}`,
      `--logs=${log}`,
      '--memory=1024',
    ],
    env: { ...process.env, PEAK_FILE: path.join(folder, 'peak'), TMPDIR: folder },
  };
  const scan: Program = { file: process.execPath, args: ['--input-type=module', '--eval', SCAN, log], cwd: root };
  return [
    {
      name: 'collect',
      program: () => {
        fs.rmSync(path.join(index, 'stats'), { recursive: true, force: true });
        return collect;
      },
    },
    { name: 'scan', program: () => scan },
    { name: 'wc', program: () => ({ file: 'wc', args: ['-l', log] }) },
  ];
}

/** Run before the program: leaves the most memory that it had, in KiB. */
const WRITE_PEAK = `import fs from 'node:fs';
process.on('exit', () => fs.writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));`;

/** The same reader as scripts/sql/lines.sql, and no question but how many letters there are. */
const SCAN = `import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '1024MiB' })).connect();
await connection.runAndReadAll(
  "SELECT count(*), sum(length(line)) FROM read_csv($1, columns = {'line': 'VARCHAR'}, auto_detect = false, " +
    "header = false, delim = '', quote = '', escape = '', encoding = 'latin-1', strict_mode = false, " +
    'max_line_size = 65536)',
  [process.argv[1]],
);`;

const PLUGINS = 1000;

/** Records that differ in their names alone. */
function writeIndex(folder: string): void {
  const sample = path.join(root, 'registry-index');
  for (const file of ['registry.yaml', 'categories.yaml', 'scopes/ar.yaml']) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(path.join(sample, file), path.join(folder, file));
  }
  const records = ['plugin.yaml', 'status.yaml', 'versions/1.0.0.yaml'];
  const texts = records.map((file) => fs.readFileSync(path.join(sample, 'plugins/@ar/audit-logger', file), 'utf8'));
  for (let at = 0; at < PLUGINS; at += 1) {
    for (const [which, file] of records.entries()) {
      const target = path.join(folder, `plugins/@ar/p${at}`, file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, texts[which]?.replaceAll('@ar/audit-logger', `@ar/p${at}`) ?? '');
    }
  }
}

const AGENTS = [
  'ar-plugin/0.1.0 node/24.1.0',
  'npm/10.2.4 node/v24.1.0 linux x64 workspaces/false',
  'npm/10.2.4 node/v24.1.0 linux x64 workspaces/false ci/github-actions',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
];

/** A day of a registry: of ten requests three are downloads, the others documents, by 40,000 clients. */
function writeLog(file: string, lines: number): void {
  const handle = fs.openSync(file, 'w');
  const random = createRandom(7);
  const start = Date.UTC(2026, 0, 1);
  let texts: string[] = [];
  for (let at = 0; at < lines; at += 1) {
    const time = new Date(start + Math.floor((at * 86_400_000) / lines)).toISOString().slice(11, 19);
    const client = random(40_000);
    const address = `10.0.${client >> 8}.${client & 255}`;
    const target = random(10) < 3 ? `@ar/p${random(PLUGINS)}/1.0.0/download` : `@ar/p${random(PLUGINS)}.json`;
    texts.push(
      `${address} - - [01/Jan/2026:${time} +0000] "GET /api/v1/plugins/${target} HTTP/1.1" 200 ${random(99_999)} "-" "${AGENTS[client % 5]}"\n`,
    );
    if (texts.length === 10_000 || at === lines - 1) {
      fs.writeSync(handle, texts.join(''));
      texts = [];
    }
  }
  fs.closeSync(handle);
}

/** Numbers below a limit, the same in every run. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { lines: { type: 'string' }, rounds: { type: 'string' } } });
  const report = benchStats({ lines: Number(values.lines ?? 1_000_000), rounds: Number(values.rounds ?? 3) });
  console.log(JSON.stringify(report, undefined, 2));
}
