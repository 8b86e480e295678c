/**
 * One merged change of a registry, step by step until it is served: building, signing, deploying; against a bare start of
 * Node.js. Pages have a benchmark of their own.
 */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { routes } from '@ar-registry/core/layout';
import type { SignOutput } from '@ar-registry/schemas';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Bucket, serveBucket } from '../bucket.ts';
import { type Cost, costOf } from '../cost.ts';
import { type Program, timeOf } from '../measure.ts';
import type { BenchRegistry } from '../registries.ts';
import { sizesOf } from '../sizes.ts';
import { median, ratios, summarize } from '../statistics.ts';

const CHANGES = 5;
const BUILD_BOUND = 20;
/** To put more into the bucket and to compare it would take minutes, and a change asks no more of it. */
const MOST_IN_BUCKET = 10_000;

export const change: Benchmark = {
  name: 'change',
  summary:
    'one merged change: to build, sign and deploy it, against a bare `node -e 0`; and everything, where it is compared',
  run: async (world) => {
    const rows: Row[] = [];
    for (const plugins of sizesOf(world)) rows.push(...(await measureSize(world, world.registries.of(plugins))));
    return rows;
  },
};

async function measureSize(world: World, registry: BenchRegistry): Promise<readonly Row[]> {
  const { pipeline, plugins } = registry;
  const copied = registry.copied();
  const site = registry.built();
  const first = registry.signingCost();
  const bare = timeOf(bareStart(world));
  // As after more bins: what is logged stays.
  fs.rmSync(path.join(site, routes.trust), { recursive: true });
  const again = costOf(pipeline.sign(site), world.scratch);
  // Over what is there: nothing is known of what the folder has, so all is looked at.
  const whole = costOf(pipeline.deploy(site, copied, '--verify'), world.scratch);
  const versions = eachChange(world, registry, () => registry.changes.newVersion());
  const building = costOf(afterA(registry.changes.newVersion, pipeline.build(site)), world.scratch);
  const signing = costOf(pipeline.sign(site), world.scratch);
  const bins = binsOfChange(registry);
  const newcomers = eachChange(world, registry, () => registry.changes.newPlugin());
  const row = (name: string, found: Measured, bound?: number): Row => ({
    name,
    plugins,
    unit: 'x',
    ...found,
    ...(bound !== undefined && { bound }),
  });
  return [
    row('one more version: build', versions.build, BUILD_BOUND),
    row('one more version: sign, with the log', versions.sign),
    row('one more version: deploy to a folder', versions.deploy),
    row('one more version: all three', versions.all),
    { name: 'one more version: build, most memory', plugins, unit: 'MB', value: building.peakMB },
    { name: 'one more version: sign, most memory', plugins, unit: 'MB', value: signing.peakMB },
    { name: 'one more version: sign, bins made anew', plugins, unit: 'count', value: bins },
    row('one new plugin: build', newcomers.build, BUILD_BOUND),
    row('one new plugin: all three', newcomers.all),
    { name: 'sign everything, the first time, with all of the log', plugins, unit: 'x', ...once(first, bare) },
    { name: 'sign everything, the first time, most memory', plugins, unit: 'MB', value: first.peakMB },
    { name: 'sign everything again, the log is there', plugins, unit: 'x', ...once(again, bare) },
    { name: 'deploy, everything compared', plugins, unit: 'x', ...once(whole, bare) },
    ...(plugins > MOST_IN_BUCKET ? [] : await requestsOfBucket(world, registry)),
  ];
}

function afterA(make: () => void, program: Program): Program {
  make();
  return program;
}

/** How many bins one more version is in. */
function binsOfChange({ pipeline, changes, built }: BenchRegistry): number {
  timeOf(afterA(changes.newVersion, pipeline.build(built())));
  const { file, args } = pipeline.sign(built(), '--json');
  const { signed } = JSON.parse(execFileSync(file, args, { encoding: 'utf8' })) as SignOutput;
  return signed.filter((name) => name.includes('.bin-')).length;
}

type Measured = Pick<Row, 'value' | 'spread' | 'medianMs' | 'note'>;
const STEPS = ['build', 'sign', 'deploy', 'all'] as const;

/** Each step after the one before, and a bare start of Node.js, so many times. */
function eachChange(
  world: World,
  { pipeline, built, copied }: BenchRegistry,
  makeChange: () => void,
): Readonly<Record<(typeof STEPS)[number], Measured>> {
  const [site, place] = [built(), copied()];
  const times = { build: [], sign: [], deploy: [], all: [], bare: [] } as Record<
    (typeof STEPS)[number] | 'bare',
    number[]
  >;
  for (let round = 0; round < CHANGES; round += 1) {
    makeChange();
    times.bare.push(timeOf(bareStart(world)));
    const took = [pipeline.build(site), pipeline.sign(site), pipeline.deploy(site, place)].map((step) => timeOf(step));
    for (const [at, ms] of took.entries()) times[STEPS[at] ?? 'all'].push(ms);
    times.all.push(took.reduce((sum, ms) => sum + ms, 0));
  }
  const measured = (step: (typeof STEPS)[number]): Measured => {
    const { median: value, lower, upper } = summarize(ratios(times[step], times.bare));
    return { value, spread: [lower, upper], medianMs: median(times[step]) };
  };
  return { build: measured('build'), sign: measured('sign'), deploy: measured('deploy'), all: measured('all') };
}

function once({ ms }: Cost, bareMs: number): Measured {
  return { value: ms / bareMs, medianMs: ms, note: 'once' };
}

function bareStart({ node }: World): Program {
  return { file: node, args: ['-e', '0'] };
}

/** A bucket has what was built: the first deployment finds that out, the others know it. */
async function requestsOfBucket(world: World, registry: BenchRegistry): Promise<readonly Row[]> {
  const { pipeline, plugins, changes } = registry;
  const site = registry.built();
  await using bucket = await serveBucket(site);
  const deploy = deployingTo(
    bucket,
    pipeline.deploy(site, 's3://registry', ...placeOf(bucket), '--json'),
    world.scratch,
  );
  await deploy();
  const counts: { readonly requests: number; readonly files: number }[] = [];
  for (let round = 0; round < CHANGES; round += 1) {
    changes.newVersion();
    timeOf(pipeline.build(site));
    timeOf(pipeline.sign(site));
    counts.push(await deploy());
  }
  const row = (what: string, values: readonly number[]): Row => {
    const { median: value, lower, upper } = summarize(values);
    const name = `one more version: deploy to a bucket, ${what}`;
    return { name, plugins, unit: 'count', value, spread: [lower, upper] };
  };
  return [
    row(
      'requests',
      counts.map(({ requests }) => requests),
    ),
    row(
      'files put and taken away',
      counts.map(({ files }) => files),
    ),
  ];
}

function placeOf({ endpoint }: Bucket): readonly string[] {
  return ['--endpoint', endpoint, '--region', 'local'];
}

/** This process answers meanwhile. */
function deployingTo(bucket: Bucket, { file, args }: Program, scratch: string) {
  const keys = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_EC2_METADATA_DISABLED: 'true' };
  const options = { env: { ...process.env, ...keys, TMPDIR: scratch }, maxBuffer: 256 * 1024 * 1024 };
  return async () => {
    bucket.take();
    const { stdout } = await promisify(execFile)(file, [...args], options);
    const { put, removed } = JSON.parse(stdout) as Record<'put' | 'removed', readonly string[]>;
    return { requests: bucket.take(), files: put.length + removed.length };
  };
}
