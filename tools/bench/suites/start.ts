import type { Benchmark, World } from '../benchmark.ts';
import { type Case, compareWithBareNode } from '../compare.ts';
import { installCli, type Version } from '../installed-cli.ts';
import { createUser } from '../user.ts';

const BOUND = 1.15;
const BINARY_BOUND = 0.5;

export const start: Benchmark = {
  name: 'start',
  summary: 'the command line says what it is, against a bare `node -e 0`',
  run: async (world) => {
    using cli = await installCli(world);
    return compareWithBareNode(
      cli.versions.flatMap((version) => casesFor(version, world)),
      world,
    );
  },
};

function casesFor(version: Version, { scratch }: World): readonly Case[] {
  const user = createUser({ scratch, version, registryUrl: 'http://127.0.0.1:9' });
  const cases = [['--version'], ['plugin', '--help'], ['plugin', 'search', '--help']];
  return cases.map((words) => ({
    name: `${['ar', ...words].join(' ')}${version.label}`,
    program: () => user.ar(...words),
    ...(words.length < 3 ? { bound: version.label === '' ? BOUND : BINARY_BOUND } : {}),
  }));
}
