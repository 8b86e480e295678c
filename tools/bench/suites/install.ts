import fs from 'node:fs';
import path from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { installCli } from '../installed-cli.ts';
import { type Program, timeOf } from '../measure.ts';
import { pluginNames, writeRegistry } from '../registry-folder.ts';
import { serveFolder } from '../serve-folder.ts';
import { createUser, type UserOptions } from '../user.ts';

const PLUGINS = 20;

export const install: Benchmark = {
  name: 'install',
  summary: 'small plugins from a server on this machine, for a new user and from a lock',
  run: async (world) => {
    using cli = await installCli(world);
    const folder = path.join(world.scratch, 'install');
    await writeRegistry(folder, PLUGINS);
    await using server = await serveFolder({ folder, scratch: world.scratch, cacheControl: 'no-cache' });
    const cases = cli.versions.flatMap((version) =>
      casesFor({ scratch: world.scratch, version, registryUrl: server.url }).map((one) => ({
        ...one,
        name: `${one.name}${version.label}`,
        note: server.kind,
      })),
    );
    return compareWithBareNode(cases, { ...world, rounds: Math.ceil(world.rounds / 2) });
  },
};

function casesFor(options: UserOptions): readonly Case[] {
  const all = pluginNames(PLUGINS);
  const cold = (names: readonly string[]) => () => createUser(options).ar('plugin', 'install', ...names, '--yes');
  const used = withCodeOf(fs.mkdtempSync(path.join(options.scratch, 'cache-')));
  return [
    { name: 'one, cold', program: used(cold(all.slice(0, 1))), bound: 2.5 },
    { name: '20, cold', program: used(cold(all)), bound: 4 },
    { name: 'one, cold, the first time that ar is run', program: cold(all.slice(0, 1)) },
    { name: 'one, again from the lock', program: fromLock(all.slice(0, 1), options), bound: 1.5 },
    { name: '20, again from the lock', program: fromLock(all, options), bound: 1.5 },
  ];
}

/** The same for whom `ar` was run before, so that the code of it is kept; nothing else is. */
function withCodeOf(cache: string): (program: () => Program) => () => Program {
  return (program) => () => {
    const { env, ...rest } = program();
    return { ...rest, env: { ...env, XDG_CACHE_HOME: cache } };
  };
}

/** A further project of a user who has the plugins: its two files, and nothing else. */
function fromLock(names: readonly string[], options: UserOptions): () => Program {
  const home = fs.mkdtempSync(path.join(options.scratch, 'home-'));
  const first = createUser(options, home);
  timeOf(first.ar('plugin', 'install', ...names, '--yes'));
  return () => {
    const user = createUser(options, home);
    for (const file of ['ar-plugins.yaml', 'ar-plugins.lock'])
      fs.copyFileSync(path.join(first.project, file), path.join(user.project, file));
    return user.ar('plugin', 'install');
  };
}
