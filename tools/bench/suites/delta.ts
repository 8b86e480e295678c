/**
 * `outdated` and `update` of 25 plugins of which none has changed, at a registry that is signed and at one that is not: what they
 * ask for, and how long they take.
 */
import { routes } from '@ar-registry/core/layout';
import type { Benchmark, Row, World } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { countRequests } from '../counting-server.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { timeOf, type Program } from '../measure.ts';
import { bytesOf, requestsOf } from '../requests-of.ts';
import { serveFolder } from '../serve-folder.ts';
import { sizesOf } from '../sizes.ts';
import { createUser, type UserOptions } from '../user.ts';

const INSTALLED = 25;
const MOST_REQUESTS = 2;
const COMMANDS = [['outdated'], ['update', '--yes']] as const;
const KINDS = [
  { kind: 'signed', hidden: undefined },
  { kind: 'not signed', hidden: routes.trust },
] as const;

export const delta: Benchmark = {
  name: 'delta',
  summary: `\`outdated\` and \`update\` of ${INSTALLED} plugins, nothing new, behind a server that is asked each time`,
  run: async (world) => {
    using cli = await installCli(world);
    const rows: Row[] = [];
    for (const plugins of sizesOf(world))
      rows.push(...(await measureSize({ ...world, versions: cli.versions }, plugins)));
    return rows;
  },
};

interface Place extends World {
  readonly versions: readonly Version[];
}

async function measureSize(place: Place, plugins: number): Promise<readonly Row[]> {
  const { versions, registries, scratch, rounds } = place;
  const registry = registries.of(plugins);
  const folder = registry.signed();
  const names = registry.names(INSTALLED);
  const common = { folder, scratch, cacheControl: 'no-cache' };
  await using signed = await serveFolder(common);
  await using plain = await serveFolder({ ...common, hidden: routes.trust });
  const cases = KINDS.flatMap(({ kind }) => {
    const { url, kind: server } = kind === 'signed' ? signed : plain;
    return versions.flatMap((version): readonly Case[] => {
      const run = afterInstalling({ version, registryUrl: url, scratch }, names);
      return COMMANDS.map((words) => ({
        name: `${words[0]}, ${kind}${version.label}`,
        program: () => run(words),
        note: server,
      }));
    });
  });
  const times = compareWithBareNode(cases, { ...place, rounds: Math.ceil(rounds / 2) }).slice(1);
  return [...times.map((row) => ({ ...row, plugins })), ...(await requestRows(place, { folder, names, plugins }))];
}

/** A user who has them, and has asked before. */
function afterInstalling(options: UserOptions, names: readonly string[]): (words: readonly string[]) => Program {
  const user = createUser(options);
  timeOf(user.ar('plugin', 'install', ...names, '--yes'));
  return (words) => user.ar('plugin', ...words);
}

interface Asked {
  readonly folder: string;
  readonly names: readonly string[];
  readonly plugins: number;
}

async function requestRows({ versions, scratch }: Place, { folder, names, plugins }: Asked): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const [version] = versions;
  if (!version) return rows;
  for (const { kind, hidden } of KINDS) {
    await using server = await countRequests(folder, hidden);
    const user = createUser({ version, registryUrl: server.url, scratch });
    await requestsOf(user.ar('plugin', 'install', ...names, '--yes'), server);
    // Who has just installed asks more the first time, where nothing is signed: decisions/024-delta.md.
    const first = await requestsOf(user.ar('plugin', 'outdated'), server);
    const count = (name: string, value: number): Row => ({ name, plugins, unit: 'count', value });
    const bytes = (name: string, value: number): Row => ({ name, plugins, unit: 'bytes', value });
    rows.push(
      count(`outdated, ${kind}, right after an installation: requests`, first.length),
      bytes(`outdated, ${kind}, right after an installation: answers`, bytesOf(first)),
    );
    for (const words of COMMANDS) {
      const asked = await requestsOf(user.ar('plugin', ...words), server);
      const name = `${words[0]}, ${kind}`;
      rows.push(
        { ...count(`${name}: requests`, asked.length), bound: MOST_REQUESTS },
        bytes(`${name}: answers`, bytesOf(asked)),
      );
    }
  }
  return rows;
}
