import { routes } from '@ar-registry/core/layout';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { compareWithBareNode, type Case } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { timeOf } from '../measure.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { serveFolder } from '../serve-folder.ts';
import { sizesOf } from '../sizes.ts';
import { createUser } from '../user.ts';
import path from 'node:path';

const PLUGINS = 20;
const INFO_BOUND = 1.3;
const SEARCH_BOUND = 1.4;
/** A bare question, which nothing that asks over `node:http` can be faster than. */
const BARE_REQUEST = (url: string): string =>
  `require('node:http').get('${url}/api/v1/config.json', (answer) => answer.resume())`;

export const look: Benchmark = {
  name: 'look',
  summary: 'warm `info` and `search` with nothing to ask and with one conditional request; large registries: `info`',
  run: async (world) => {
    using cli = await installCli(world);
    const folder = path.join(world.scratch, 'look');
    await writeRegistry(folder, PLUGINS);
    const [, , , name = ''] = pluginNames(PLUGINS);
    const common = { ...world, versions: cli.versions };
    const rows = [...(await measureFolder({ ...common, folder, count: PLUGINS, commands: [infoOf(name), SEARCH] }))];
    for (const plugins of sizesOf(world)) {
      const registry = world.registries.of(plugins);
      const [first = ''] = registry.names(1);
      const found = await measureFolder({
        ...common,
        folder: registry.built(),
        count: plugins,
        commands: [infoOf(first)],
      });
      rows.push(...found.slice(2));
    }
    return rows;
  },
};

interface Command {
  readonly name: string;
  readonly words: readonly string[];
  readonly bound: number;
}

const SEARCH: Command = { name: 'search', words: ['search', 'plugin'], bound: SEARCH_BOUND };

function infoOf(plugin: string): Command {
  return { name: 'info', words: ['info', plugin], bound: INFO_BOUND };
}

interface Place extends World {
  readonly versions: readonly Version[];
  readonly folder: string;
  readonly count: number;
  readonly commands: readonly Command[];
}

/** First the bare start and the floor, then what is held against them. */
async function measureFolder(place: Place): Promise<readonly Row[]> {
  const { folder, scratch, node, versions, count } = place;
  // As a registry that is not signed; what signatures add is a benchmark of its own.
  const common = { folder, scratch, hidden: routes.trust };
  await using fresh = await serveFolder({ ...common, cacheControl: 'max-age=600' });
  await using stale = await serveFolder({ ...common, cacheControl: 'no-cache' });
  const floor: Case = {
    name: 'one request of a bare node:http',
    program: () => ({ file: node, args: ['-e', BARE_REQUEST(stale.url)] }),
    note: stale.kind,
  };
  const cases = [
    ...versions.flatMap((version) => casesFor(place, { version, url: fresh.url, how: 'fresh' })),
    ...versions.flatMap((version) => casesFor(place, { version, url: stale.url, how: '304' })),
  ];
  const [bare, request, ...rows] = compareWithBareNode([floor, ...cases], place);
  return [bare, request].filter((row) => row !== undefined).concat(rows.map((row) => ({ ...row, plugins: count })));
}

interface Circumstances {
  readonly version: Version;
  readonly url: string;
  /** `fresh`: the registry says for how long its answers hold. `304`: they must be asked for each time. */
  readonly how: string;
}

function casesFor({ scratch, commands }: Place, { version, url, how }: Circumstances): readonly Case[] {
  const user = createUser({ scratch, version, registryUrl: url });
  return commands.map(({ name, words, bound }) => {
    timeOf(user.ar('plugin', ...words));
    return { name: `${name} (${how})${version.label}`, program: () => user.ar('plugin', ...words), bound };
  });
}
