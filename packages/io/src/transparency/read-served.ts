import { ArError, hasCode } from '@ar-registry/core/errors';
import type { ApiClient } from '../api-client/index.ts';
import type { LogQuestion } from './check-log.ts';

/** Files of the log that a registry serves, for `checkLog`: none where it says that there is none. */
export function readServedLog(client: Pick<ApiClient, 'file'>, signal: AbortSignal): LogQuestion['read'] {
  return async (route, limitBytes) => {
    try {
      return await client.file(route, limitBytes, signal);
    } catch (error) {
      if (error instanceof ArError && hasCode(error, 'REGISTRY_STATUS') && [404, 410].includes(error.facts.status))
        return undefined;
      throw error;
    }
  };
}
