import { isArError } from '@ar-registry/core/errors';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { Context } from '../context.ts';
import { fail, pass, warn, withProject, type Check, type Diagnosis } from './check.ts';

/** Every registry that is configured, that for all other scopes and those with scopes of their own. */
export const registry: Check = {
  id: 'registry',
  run: withProject(async (_project, context) => {
    const all = await Promise.all((await context.registries()).map((client) => reach(client, context)));
    return all.find(({ result }) => result === 'fail') ?? all.find(({ result }) => result === 'warn') ?? joined(all);
  }),
};

async function reach(client: ApiClient, { signal }: Context): Promise<Diagnosis> {
  try {
    const { title } = await client.config(signal);
    return pass(`${client.registryUrl} answers: ${title}.`);
  } catch (error) {
    signal.throwIfAborted();
    if (!isArError(error)) throw error;
    if (error.code === 'OFFLINE_NOT_CACHED')
      return warn(`${client.registryUrl} was not asked.`, 'Run doctor without --offline to have it asked.');
    return fail(error.message, error.remedy);
  }
}

function joined(all: readonly Diagnosis[]): Diagnosis {
  return pass(all.map(({ message }) => message).join(' '));
}
