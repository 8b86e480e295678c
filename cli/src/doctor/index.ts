import type { Context } from '../context.ts';
import type { Check, Checked } from './check.ts';
import { dataFolder, diskSpace, leftovers, permissions } from './data-folder.ts';
import { git, node, npm, path } from './programs.ts';
import { agentRelay, lock, project, store } from './project.ts';
import { registry } from './registry.ts';

export type { Checked } from './check.ts';

/** In the order in which they are told. */
const CHECKS: readonly Check[] = [
  node,
  git,
  npm,
  path,
  dataFolder,
  diskSpace,
  permissions,
  leftovers,
  registry,
  project,
  lock,
  store,
  agentRelay,
];

/** All at once: the slowest of them waits for a network. */
export function examine(context: Context): Promise<readonly Checked[]> {
  return Promise.all(CHECKS.map(async ({ id, run }) => ({ id, ...(await run(context)) })));
}
