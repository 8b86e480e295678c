import { isArError } from '@ar-registry/core/errors';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { Context } from '../context.ts';
import { fail, pass, warn, type Check, type Diagnosis } from './check.ts';

/** Every registry that is configured, that for all other scopes and those with scopes of their own. */
export const registry: Check = {
  id: 'registry',
  run: async (context) => {
    try {
      const all = await Promise.all((await context.registries()).map((client) => reach(client, context)));
      return all.find(({ result }) => result === 'fail') ?? all.find(({ result }) => result === 'warn') ?? joined(all);
    } catch (error) {
      if (isArError(error)) return fail(error.message, error.remedy);
      throw error;
    }
  },
};

async function reach(client: ApiClient, { signal }: Context): Promise<Diagnosis> {
  try {
    const { title } = await client.config(signal);
    return pass(`${client.registryUrl} answers: ${title}.`);
  } catch (error) {
    signal.throwIfAborted();
    if (!isArError(error)) throw error;
    const say = error.code === 'OFFLINE_NOT_CACHED' ? warn : fail;
    return say(error.message, error.remedy);
  }
}

function joined(all: readonly Diagnosis[]): Diagnosis {
  return pass(all.map(({ message }) => message).join(' '));
}
