import { posix } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { AdvisorySource } from '@ar-registry/core/osv';
import type { ApiClient } from '../api-client/index.ts';
import { createSnapshotSource } from './snapshot-source.ts';

/**
 * The vulnerabilities of npm packages as a registry publishes them: only the parts that hold the names in question are
 * asked for, and they are verified as all that the registry signs.
 */
export function createRegistryAdvisories(client: Pick<ApiClient, 'file' | 'registryUrl'>): AdvisorySource {
  return createSnapshotSource({
    invalid: (file, problem) =>
      new ArError('REGISTRY_RESPONSE_INVALID', { url: `${client.registryUrl}/${routeOf(file)}`, problem }),
    read: (file, limitBytes, signal = new AbortController().signal) => client.file(routeOf(file), limitBytes, signal),
  });
}

function routeOf(file: string): string {
  return posix.join(routes.osv, file);
}
