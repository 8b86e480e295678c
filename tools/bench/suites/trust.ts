/**
 * What it costs to verify: the same commands, of the same plugins, at a registry that is signed and at one that is not.
 *
 * The difference within a round is what trust takes of the time. What it takes of the network is counted at the server.
 */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { countRequests, type Answered, type CountingServer } from '../counting-server.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { measure, timeOf, type Program, type Subject } from '../measure.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { requestsOf } from '../requests-of.ts';
import { serveFolder } from '../serve-folder.ts';
import { signFolder } from '../signed-folder.ts';
import { sizesOf } from '../sizes.ts';
import { ratios, summarize } from '../statistics.ts';
import { createUser } from '../user.ts';

const PLUGINS = 20;
const NAME = pluginNames(PLUGINS)[3] ?? '';
const WARM_BOUND = 0.25;
const QUESTION_BOUND_BYTES = 1024;
const COLD_BOUND_KB = 40;

export const trust: Benchmark = {
  name: 'trust',
  summary: 'what verification adds to warm commands, and what a cold one fetches for it',
  run: async (world) => {
    using cli = await installCli(world);
    const rows = [...(await warmTimes(world, cli.versions))];
    for (const version of cli.versions.slice(0, 1)) {
      const place: Place = { ...world, version };
      rows.push(...(await warmRequests(place)));
      for (const plugins of sizesOf(world)) rows.push(...(await coldBytes(place, plugins)));
    }
    return rows;
  },
};

interface Place extends World {
  readonly version: Version;
}

async function warmTimes(world: World, versions: readonly Version[]): Promise<readonly Row[]> {
  const plain = path.join(world.scratch, 'trust-plain');
  const signed = path.join(world.scratch, 'trust-signed');
  await writeRegistry(plain, PLUGINS);
  fs.cpSync(plain, signed, { recursive: true });
  signFolder(world, signed);
  const rows: Row[] = [];
  for (const [how, cacheControl] of [
    ['fresh', 'max-age=600'],
    ['one question', 'no-cache'],
  ] as const) {
    const common = { scratch: world.scratch, cacheControl };
    await using unsignedServer = await serveFolder({ ...common, folder: plain });
    await using signedServer = await serveFolder({ ...common, folder: signed });
    const urls = { plain: unsignedServer.url, signed: signedServer.url };
    rows.push(...versions.flatMap((version) => compare({ ...world, version }, { urls, how, note: signedServer.kind })));
  }
  return rows;
}

interface Pair {
  readonly urls: { readonly plain: string; readonly signed: string };
  readonly how: string;
  readonly note: string;
}

function compare(place: Place, { urls, how, note }: Pair): readonly Row[] {
  const base: Subject = { name: 'node -e 0', program: () => ({ file: place.node, args: ['-e', '0'] }) };
  const commands = [
    { name: 'info', of: (url: string) => lookingUp({ ...place, registryUrl: url }) },
    { name: 'install', of: (url: string) => installing({ ...place, registryUrl: url }) },
  ].map(({ name, of }) => ({
    name: `${name}, warm (${how}): what trust adds${place.version.label}`,
    plain: { name: `${name} plain`, program: of(urls.plain) },
    signed: { name: `${name} signed`, program: of(urls.signed) },
  }));
  const subjects = [base, ...commands.flatMap(({ plain, signed }) => [plain, signed])];
  const times = measure(subjects, { rounds: place.rounds });
  const timesOf = ({ name }: Subject): readonly number[] => times.get(name) ?? [];
  return commands.map(({ name, plain, signed }) => {
    const without = timesOf(plain);
    const added = timesOf(signed).map((tookMs, round) => tookMs - (without[round] ?? tookMs));
    const { median: value, lower, upper } = summarize(ratios(added, timesOf(base)));
    return { name, unit: 'x', value, spread: [lower, upper], bound: WARM_BOUND, note };
  });
}

interface Client extends Place {
  readonly registryUrl: string;
}

/** Of a plugin that the user has looked up before. */
function lookingUp(client: Client): () => Program {
  const user = createUser(client);
  timeOf(user.ar('plugin', 'info', NAME));
  return () => user.ar('plugin', 'info', NAME);
}

/** Into a new project, of a plugin that the user has in another. */
function installing(client: Client): () => Program {
  const home = fs.mkdtempSync(path.join(client.scratch, 'home-'));
  timeOf(createUser(client, home).ar('plugin', 'install', NAME, '--yes'));
  return () => createUser(client, home).ar('plugin', 'install', NAME, '--yes');
}

async function warmRequests(place: Place): Promise<readonly Row[]> {
  await using server = await countRequests(path.join(place.scratch, 'trust-signed'));
  const client: Client = { ...place, registryUrl: server.url };
  const home = fs.mkdtempSync(path.join(place.scratch, 'home-'));
  const rows: Row[] = [];
  for (const words of [
    ['info', NAME],
    ['install', NAME, '--yes'],
  ]) {
    await ask(client, server, { home, words });
    const asked = ofTrust(await ask(client, server, { home, words }));
    const name = `${words[0]}, warm: for trust`;
    rows.push(
      { name: `${name}, requests`, unit: 'count', value: asked.length, bound: 1 },
      {
        name: `${name}, answer`,
        unit: 'bytes',
        value: sum(asked.map(({ bytes }) => bytes)),
        bound: QUESTION_BOUND_BYTES,
      },
    );
  }
  return rows;
}

async function coldBytes(place: Place, plugins: number): Promise<readonly Row[]> {
  const registry = place.registries.of(plugins);
  const [name = ''] = registry.names(1);
  await using server = await countRequests(registry.signed());
  const home = fs.mkdtempSync(path.join(place.scratch, 'home-'));
  const asked = ofTrust(await ask({ ...place, registryUrl: server.url }, server, { home, words: ['info', name] }));
  const found = asked.filter(({ status }) => status === 200);
  const parts = found.map(
    ({ path: file, bodyBytes }) => `${path.basename(file, '.json')} ${(bodyBytes / 1024).toFixed(1)}`,
  );
  const value = sum(found.map(({ bodyBytes }) => bodyBytes)) / 1024;
  return [
    { name: 'info, cold: for trust', plugins, unit: 'KB', value, bound: COLD_BOUND_KB, note: parts.join(', ') },
    { name: 'info, cold: for trust, requests', plugins, unit: 'count', value: asked.length },
  ];
}

/** What a command of one user asks the server for. */
async function ask(
  client: Client,
  server: CountingServer,
  { home, words }: { readonly home: string; readonly words: readonly string[] },
): Promise<readonly Answered[]> {
  return requestsOf(createUser(client, home).ar('plugin', ...words), server);
}

function ofTrust(asked: readonly Answered[]): readonly Answered[] {
  return asked.filter(({ path: file }) => file.startsWith(`/${routes.trust}/`));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
