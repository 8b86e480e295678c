/**
 * The same packages from the same files: by `ar`, by the package managers of npm over the registry's view for them, and by
 * `curl | tar`, which checks and remembers nothing. One round has all of them.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { firstNames } from '../first-names.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { measure, timeOf, type Program, type Subject } from '../measure.ts';
import { findPeers, type Peer } from '../peers.ts';
import { corpusProgram, pipelineOf } from '../pipeline.ts';
import { freePort, serveFolder } from '../serve-folder.ts';
import { median, ratios, summarize } from '../statistics.ts';
import { createUser, fromLock, withCodeOf } from '../user.ts';

const PLUGINS = 25;
const SEVERAL = 20;
const MOST_ROUNDS = 10;
const TASKS = [
  'info, warm',
  'one, cold',
  `${SEVERAL}, cold`,
  'one, from the lock',
  `${SEVERAL}, from the lock`,
  `outdated, ${PLUGINS}`,
];
type Programs = readonly (() => Program)[];

export const peers: Benchmark = {
  name: 'peers',
  summary: 'the same packages by `ar`, npm, pnpm and `curl | tar`, against a bare `node -e 0`',
  run: async (world) => {
    using cli = await installCli(world);
    const folder = path.join(world.scratch, 'peers');
    // What npm clients are told has whole addresses.
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    fs.mkdirSync(folder);
    timeOf(corpusProgram(world, PLUGINS, path.join(folder, 'index')));
    const site = path.join(folder, 'site');
    timeOf(pipelineOf(world, folder, address).build(site));
    await using server = await serveFolder({ folder: site, scratch: world.scratch, cacheControl: 'no-cache', port });
    const names = firstNames(world.corpus, PLUGINS);
    const contestants = [
      ...cli.versions.map((version) => ours({ ...world, version, registryUrl: server.url }, names)),
      ...findPeers(world, `${server.url}/npm/`).map((peer) => theirs(peer, names)),
      bareTools(world, { site, names }),
    ];
    return compare(contestants, world);
  },
};

interface Contestant {
  readonly name: string;
  readonly note?: string;
  /** Whether it is one of those that ours are held against. */
  readonly isPeer: boolean;
  /** One for each task, in their order; a floor has not all. */
  readonly programs: ReadonlyMap<string, () => Program>;
}

function inOrder(programs: Programs): ReadonlyMap<string, () => Program> {
  return new Map(programs.map((program, at) => [TASKS[at] ?? '', program]));
}

interface Ours extends World {
  readonly version: Version;
  readonly registryUrl: string;
}

function ours(place: Ours, names: readonly string[]): Contestant {
  const { scratch, version, registryUrl } = place;
  const options = { scratch, version, registryUrl };
  const used = withCodeOf(fs.mkdtempSync(path.join(scratch, 'cache-')));
  const cold = (some: readonly string[]) => used(() => createUser(options).ar('plugin', 'install', ...some, '--yes'));
  const user = createUser(options);
  timeOf(user.ar('plugin', 'install', ...names, '--yes'));
  const several = names.slice(0, SEVERAL);
  const one = names.slice(0, 1);
  const programs = inOrder([
    () => user.ar('plugin', 'info', names[0] ?? ''),
    cold(one),
    cold(several),
    fromLock(options, one),
    fromLock(options, several),
    () => user.ar('plugin', 'outdated'),
  ]);
  return { name: `ar${version.label}`, isPeer: false, programs };
}

function theirs({ name, note, newUser }: Peer, names: readonly string[]): Contestant {
  const several = names.slice(0, SEVERAL);
  const one = names.slice(0, 1);
  const cold = (some: readonly string[]) => () => newUser().project().install(some);
  const again = (some: readonly string[]) => {
    const user = newUser();
    const first = user.project();
    timeOf(first.install(some));
    return () => user.project(first).fromLock();
  };
  const all = newUser().project();
  timeOf(all.install(names));
  const programs = inOrder([
    () => all.look(names[0] ?? ''),
    cold(one),
    cold(several),
    again(one),
    again(several),
    () => all.outdated(),
  ]);
  return { name, note, isPeer: true, programs };
}

/** Over one connection, all into one folder. */
const FETCH = 'curl -sf "$@" | tar -xz --ignore-zeros';

function bareTools(
  { scratch }: World,
  { site, names }: { readonly site: string; readonly names: readonly string[] },
): Contestant {
  const archives = names.map((name) => {
    const packument = JSON.parse(fs.readFileSync(path.join(site, 'npm', name), 'utf8')) as Packument;
    return packument.versions[packument['dist-tags'].latest]?.dist.tarball ?? '';
  });
  const fetching = (some: readonly string[]) => (): Program => ({
    file: 'sh',
    args: ['-c', FETCH, 'sh', ...some],
    cwd: fs.mkdtempSync(path.join(scratch, 'curl-')),
  });
  const programs = new Map([
    ['one, cold', fetching(archives.slice(0, 1))],
    [`${SEVERAL}, cold`, fetching(archives.slice(0, SEVERAL))],
  ]);
  return { name: 'curl | tar', isPeer: false, programs };
}

interface Packument {
  readonly 'dist-tags': { readonly latest: string };
  readonly versions: Readonly<Record<string, { readonly dist: { readonly tarball: string } }>>;
}

function compare(contestants: readonly Contestant[], { node, rounds }: World): readonly Row[] {
  const base: Subject = { name: 'node -e 0', program: () => ({ file: node, args: ['-e', '0'] }) };
  const subjects = contestants.flatMap(({ name, programs }) =>
    [...programs].map(([task, program]): Subject => ({ name: `${task}: ${name}`, program })),
  );
  const times = measure([base, ...subjects], { rounds: Math.min(rounds, MOST_ROUNDS) });
  const timesOf = (name: string): readonly number[] => times.get(name) ?? [];
  return TASKS.flatMap((task) => {
    const having = contestants.filter(({ programs }) => programs.has(task));
    const name = (one: Contestant): string => `${task}: ${one.name}`;
    const [best] = having
      .filter(({ isPeer }) => isPeer)
      .toSorted((a, b) => median(timesOf(name(a))) - median(timesOf(name(b))));
    return [
      ...having.map((one) => ({
        ...ratioRow(name(one), timesOf(name(one)), timesOf(base.name)),
        ...(one.note !== undefined && { note: one.note }),
      })),
      ...having
        .filter((one) => best !== undefined && one.name.startsWith('ar'))
        .map((one) =>
          ratioRow(`${name(one)} / ${best?.name ?? ''}`, timesOf(name(one)), timesOf(best ? name(best) : '')),
        ),
    ];
  });
}

function ratioRow(name: string, values: readonly number[], to: readonly number[]): Row {
  const { median: value, lower, upper } = summarize(ratios(values, to));
  return { name, unit: 'x', value, spread: [lower, upper], medianMs: median(values) };
}
