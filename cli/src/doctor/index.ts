import { isArError } from '@ar-registry/core/errors';
import { peekProject } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { fail, type Check, type Checked, type Diagnosis, type LookedAt } from './check.ts';
import { dataFolder, diskSpace, permissions } from './data-folder.ts';
import { leftovers } from './leftovers.ts';
import { git, node, npm, path } from './programs.ts';
import { advisories, agentRelay, lock, project, store } from './project.ts';
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
  project,
  registry,
  lock,
  store,
  advisories,
  agentRelay,
];

/** All at once: the slowest of them waits for a network. */
export async function examine(context: Context): Promise<readonly Checked[]> {
  const looked = await lookAt(context);
  return Promise.all(CHECKS.map(async ({ id, run }) => ({ id, ...(await diagnose(run(context, looked), context)) })));
}

async function lookAt(context: Context): Promise<LookedAt> {
  try {
    return { kind: 'read', project: await peekProject(await context.projectDir(), context.dataDir) };
  } catch (error) {
    context.signal.throwIfAborted();
    if (isArError(error)) return { kind: 'broken', error };
    throw error;
  }
}

/** What a check did not expect is what it found; the others go on. */
async function diagnose(run: Promise<Diagnosis>, { signal }: Context): Promise<Diagnosis> {
  try {
    return await run;
  } catch (error) {
    signal.throwIfAborted();
    if (isArError(error)) return fail(error.message, error.remedy);
    throw error;
  }
}
