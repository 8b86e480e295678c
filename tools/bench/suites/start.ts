import type { Benchmark } from '../benchmark.ts';
import { compareWithBareNode } from '../compare.ts';
import { installCli } from '../installed-cli.ts';
import { createUser } from '../user.ts';

const BOUND = 1.15;

export const start: Benchmark = {
  name: 'start',
  summary: 'the command line says what it is, against a bare `node -e 0`',
  run: async (world) => {
    using cli = await installCli(world.root);
    const user = createUser({ ...world, ar: cli.ar, registryUrl: 'http://127.0.0.1:9' });
    const cases = [['--version'], ['plugin', '--help'], ['plugin', 'search', '--help']];
    return compareWithBareNode(
      cases.map((words) => ({
        name: ['ar', ...words].join(' '),
        program: () => user.ar(...words),
        ...(words.length < 3 ? { bound: BOUND } : {}),
      })),
      world,
    );
  },
};
