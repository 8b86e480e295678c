/**
 * Building a registry: everything against a copy of what comes out (`cp -r`), and a change of one plugin against a bare
 * start of Node.js. `AR_BENCH_PLUGINS=1000,10000,100000` says of which sizes; 1,000 unless given, since 100,000 take long.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { timeOf, type Program } from '../measure.ts';
import { sizesOr } from '../sizes.ts';
import { median, summarize } from '../statistics.ts';

const CHANGES = 5;
const BOUND = 20;
const COPY_BOUND = 2;
const MOST_MB = 4096;

export const build: Benchmark = {
  name: 'build',
  summary: 'everything, against `cp -r` of the output; one merged change, against a bare `node -e 0`',
  run: (world) => sizesOr(1000).flatMap((plugins) => measureSize(plugins, world)),
};

function measureSize(plugins: number, world: World): readonly Row[] {
  const index = path.join(world.scratch, `index-${plugins}`);
  const out = path.join(world.scratch, `out-${plugins}`);
  const corpus = path.join(world.root, 'tools/corpus/main.ts');
  const made = spawnSync(world.node, [...SOURCES, corpus, '--plugins', String(plugins), '--out', index], {
    encoding: 'utf8',
  });
  if (made.status !== 0) return [{ name: `${plugins} plugins`, unit: 'count', value: 0, note: 'there is no corpus' }];
  const program = builder(world, index, out);
  const everything = costOf(program());
  const copy = costOf({ file: 'cp', args: ['-r', out, `${out}-copy`] });
  // Over an output that is there, everything is made and nothing is written: as much memory, and less of the machine.
  const everythingMb = peakOf(program(['--full']));
  const versions = costOfChanges(world, program(), (round) => change(index, newVersion, round));
  change(index, newVersion, CHANGES);
  const versionMb = peakOf(program());
  const newcomers = costOfChanges(world, program(), (round) => change(index, newPlugin, round));
  const label = `${plugins} plugins`;
  return [
    {
      name: `everything, ${label} / cp -r`,
      unit: 'x',
      value: everything.ms / copy.ms,
      medianMs: everything.ms,
      bound: COPY_BOUND,
    },
    {
      name: `everything, ${label} / cp -r, processor time`,
      unit: 'x',
      value: everything.cpuMs / copy.cpuMs,
      medianMs: everything.cpuMs,
    },
    { name: `everything, ${label}, most memory`, unit: 'MB', value: everythingMb, bound: MOST_MB },
    { name: `one change, ${label} / node -e 0`, unit: 'x', ...versions, bound: BOUND },
    { name: `one change, ${label}, most memory`, unit: 'MB', value: versionMb },
    { name: `one new plugin, ${label} / node -e 0`, unit: 'x', ...newcomers, bound: BOUND },
  ];
}

/** Of a build after each change, in bare starts of Node.js. */
function costOfChanges(
  { node }: World,
  program: Program,
  makeChange: (round: number) => void,
): Pick<Row, 'value' | 'spread' | 'medianMs'> {
  const changes = Array.from({ length: CHANGES }, (_, round) => {
    makeChange(round);
    return { ms: timeOf(program), bareMs: timeOf({ file: node, args: ['-e', '0'] }) };
  });
  const ratios = summarize(changes.map(({ ms, bareMs }) => ms / bareMs));
  return { value: ratios.median, spread: [ratios.lower, ratios.upper], medianMs: median(changes.map(({ ms }) => ms)) };
}

const SOURCES = ['--conditions=ar-source', '--disable-warning=ExperimentalWarning'];

function builder({ node, root }: World, index: string, out: string): (more?: readonly string[]) => Program {
  // What is published, as soon as it is bundled.
  const main = [path.join(root, 'scripts/bin/ar-registry.js')];
  const options = ['--index', `${index}@main`, '--store', path.join(index, 'store'), '--out', out];
  return (more = []) => ({
    file: node,
    args: [...main, 'build', ...options, '--base-url', 'https://example.com', ...more],
  });
}

interface Cost {
  readonly ms: number;
  /** Of the program and all that it started and waited for. */
  readonly cpuMs: number;
}

/** @source POSIX `times`: its second line is of the children of the shell */
function costOf({ file, args }: Program): Cost {
  const started = performance.now();
  const { stdout } = spawnSync('sh', ['-c', '"$@" >/dev/null; times', 'sh', file, ...args], { encoding: 'utf8' });
  const ms = performance.now() - started;
  const ofChildren = stdout.trim().split('\n').at(-1) ?? '';
  const parts = [...ofChildren.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)];
  const seconds = parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return { ms, cpuMs: seconds * 1000 };
}

/** Megabytes; the most that the process had of its own. */
function peakOf({ file, args }: Program): number {
  const tell = `process.on('exit', () => require('node:fs').writeSync(2, 'peak ' + process.resourceUsage().maxRSS))`;
  const told = spawnSync(
    file,
    [
      '--import',
      `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('/');${encodeURIComponent(tell)}`,
      ...args,
    ],
    { encoding: 'utf8' },
  );
  return Math.round(Number(/peak (\d+)/.exec(told.stderr)?.[1] ?? Number.NaN) / 1024);
}

/** Records of an index: what is to be written, and where. */
type Records = ReadonlyMap<string, string>;
type Change = (file: string, round: number, read: (file: string) => string) => Records;

/** Changes the index, as one commit. @param made of the record of a version */
function change(index: string, made: Change, round: number): void {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: index,
      maxBuffer: 256 * 1024 * 1024,
      encoding: 'utf8',
    });
  const files = git('ls-tree', '-r', '--name-only', 'HEAD', 'registry-index/plugins').split('\n');
  const versions = files.filter((file) => file.includes('/versions/'));
  const file = versions[round * 37 + 11] ?? versions[0] ?? '';
  const records = made(file, round, (name) => fs.readFileSync(path.join(index, name), 'utf8'));
  for (const [name, text] of records) {
    fs.mkdirSync(path.dirname(path.join(index, name)), { recursive: true });
    fs.writeFileSync(path.join(index, name), text);
  }
  git('add', '--', ...records.keys());
  git('commit', '--quiet', '--message', `A change of ${file}`);
}

/** One more version of a plugin, which is its latest then. */
const newVersion: Change = (file, round, read) => {
  const [version, next] = [path.basename(file, '.yaml'), `99.0.${round}`];
  const text = read(file).replace(`version: "${version}"`, `version: "${next}"`);
  const status = path.join(path.dirname(file), '../status.yaml');
  return new Map([
    [path.join(path.dirname(file), `${next}.yaml`), text.replace('description: "', 'description: "Now ')],
    [status, read(status).replace(/^( {2}latest: ).*$/m, `$1"${next}"`)],
  ]);
};

/** A plugin that was not there, with one version, which comes out after all others. */
const newPlugin: Change = (file, round, read) => {
  const from = path.dirname(path.dirname(file));
  const [scope, name] = [path.basename(path.dirname(from)), path.basename(from)];
  const to = path.join(path.dirname(from), `${name}-come-${round}`);
  const renamed = (text: string): string => text.replaceAll(`"${scope}/${name}"`, `"${scope}/${name}-come-${round}"`);
  const version = renamed(read(file)).replace(/^(publishedAt: ).*$/m, `$1"2099-01-01T00:00:0${round}Z"`);
  const latest = `schemaVersion: 1\ndistTags:\n  latest: "${path.basename(file, '.yaml')}"\n`;
  return new Map([
    [path.join(to, 'plugin.yaml'), renamed(read(path.join(from, 'plugin.yaml')))],
    [path.join(to, 'status.yaml'), latest],
    [path.join(to, 'versions', path.basename(file)), version],
  ]);
};
