import type { Benchmark, World } from '../benchmark.ts';
import { compareWithBareNode, type Case } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { timeOf } from '../measure.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { serveFolder } from '../serve-folder.ts';
import { createUser } from '../user.ts';
import path from 'node:path';

const PLUGINS = 20;
const COMMANDS = [
  { words: ['plugin', 'info', pluginNames(PLUGINS)[3] ?? ''], bound: 1.3 },
  { words: ['plugin', 'search', 'plugin'], bound: 1.4 },
];
/** A bare question, which nothing that asks over `node:http` can be faster than. */
const BARE_REQUEST = (url: string): string =>
  `require('node:http').get('${url}/api/v1/config.json', (answer) => answer.resume())`;

export const look: Benchmark = {
  name: 'look',
  summary: 'warm `info` and `search` of 20 plugins, with nothing to ask and with one conditional request',
  run: async (world) => {
    using cli = await installCli(world);
    const folder = path.join(world.scratch, 'look');
    await writeRegistry(folder, PLUGINS);
    const common = { folder, scratch: world.scratch };
    await using fresh = await serveFolder({ ...common, cacheControl: 'max-age=600' });
    await using stale = await serveFolder({ ...common, cacheControl: 'no-cache' });
    const floor: Case = {
      name: 'one request of a bare node:http',
      program: () => ({ file: world.node, args: ['-e', BARE_REQUEST(stale.url)] }),
      note: stale.kind,
    };
    const cases = [
      ...cli.versions.flatMap((version) => casesFor({ world, version, url: fresh.url, how: 'fresh' })),
      ...cli.versions.flatMap((version) => casesFor({ world, version, url: stale.url, how: '304' })),
    ];
    return compareWithBareNode([floor, ...cases], world);
  },
};

interface Circumstances {
  readonly world: World;
  readonly version: Version;
  readonly url: string;
  /** `fresh`: the registry says for how long its answers hold. `304`: they must be asked for each time. */
  readonly how: string;
}

function casesFor({ world, version, url, how }: Circumstances): readonly Case[] {
  const user = createUser({ ...world, version, registryUrl: url });
  return COMMANDS.map(({ words, bound }) => {
    timeOf(user.ar(...words));
    return { name: `ar ${words.join(' ')} (${how})${version.label}`, program: () => user.ar(...words), bound };
  });
}
