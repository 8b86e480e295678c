import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { serveFolder } from '../serve-folder.ts';
import { sizesOf } from '../sizes.ts';
import { createUser, fromLock, type UserOptions, withCodeOf } from '../user.ts';

const PLUGINS = 20;

export const install: Benchmark = {
  name: 'install',
  summary: 'small plugins from a server on this machine, for a new user and from a lock',
  run: async (world) => {
    using cli = await installCli(world);
    const folder = path.join(world.scratch, 'install');
    await writeRegistry(folder, PLUGINS);
    const common = { ...world, versions: cli.versions };
    const rows = [...(await measureFolder({ ...common, folder, count: PLUGINS, names: pluginNames(PLUGINS) }))];
    for (const plugins of sizesOf(world)) {
      const registry = world.registries.of(plugins);
      const names = registry.names(PLUGINS);
      const found = await measureFolder({ ...common, folder: registry.built(), count: plugins, names });
      rows.push(...found.slice(1));
    }
    return rows;
  },
};

interface Place extends World {
  readonly versions: readonly Version[];
  readonly folder: string;
  /** Of the registry. */
  readonly count: number;
  /** To install. */
  readonly names: readonly string[];
}

/** First the bare start, then what is held against it. */
async function measureFolder({ scratch, versions, folder, count, names, ...world }: Place): Promise<readonly Row[]> {
  // As a registry that is not signed; what signatures add is a benchmark of its own.
  await using server = await serveFolder({ folder, scratch, cacheControl: 'no-cache', hidden: routes.trust });
  const cases = versions.flatMap((version) =>
    casesFor({ scratch, version, registryUrl: server.url }, names).map((one) => ({
      ...one,
      name: `${one.name}${version.label}`,
      note: server.kind,
    })),
  );
  const [bare, ...rows] = compareWithBareNode(cases, { ...world, rounds: Math.ceil(world.rounds / 2) });
  return [...(bare ? [bare] : []), ...rows.map((row) => ({ ...row, plugins: count }))];
}

function casesFor(options: UserOptions, all: readonly string[]): readonly Case[] {
  const cold = (names: readonly string[]) => () => createUser(options).ar('plugin', 'install', ...names, '--yes');
  const used = withCodeOf(fs.mkdtempSync(path.join(options.scratch, 'cache-')));
  return [
    { name: 'one, cold', program: used(cold(all.slice(0, 1))), bound: 2.5 },
    { name: `${PLUGINS}, cold`, program: used(cold(all)), bound: 4 },
    { name: 'one, cold, the first time that ar is run', program: cold(all.slice(0, 1)) },
    { name: 'one, again from the lock', program: fromLock(options, all.slice(0, 1)), bound: 1.5 },
    { name: `${PLUGINS}, again from the lock`, program: fromLock(options, all), bound: 1.5 },
  ];
}
