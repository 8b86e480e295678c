import type { ConfigDocument, Finding, Integrity, RegistryRecord, StatusDocument } from '@ar-registry/schemas';
import { URL_TEMPLATES } from '../layout/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

const MINIMUM_CLIENT = '0.1.0';

export interface SearchIndexFacts {
  readonly entries: number;
  readonly integrity: Integrity;
  readonly size: number;
}

/** @param baseUrl where the site will be, if it is known; clients use the address they came by. */
export function buildConfig(registry: RegistryRecord, search: SearchIndexFacts, baseUrl?: string): ConfigDocument {
  return {
    schemaVersion: 1,
    apiVersion: 'v1',
    name: registry.name,
    title: registry.title,
    baseUrl: baseUrl ?? registry.baseUrl ?? '',
    ...(registry.siteUrl === undefined ? {} : { siteUrl: registry.siteUrl }),
    mirrors: registry.mirrors ?? [],
    minimumClient: registry.minimumClient ?? MINIMUM_CLIENT,
    urls: { ...URL_TEMPLATES },
    search: { format: 'compact', ...search },
  };
}

/** @param excluded errors of the entries that were left out */
export function buildStatus(
  snapshot: Snapshot,
  { commit, excluded }: { readonly commit?: string; readonly excluded: readonly Finding[] },
): StatusDocument {
  return {
    schemaVersion: 1,
    ...(commit === undefined ? {} : { commit }),
    plugins: snapshot.plugins.length,
    versions: snapshot.plugins.reduce((sum, { versions }) => sum + versions.length, 0),
    excluded: excluded.map(({ file, code, message }) => ({ file, code, message })),
  };
}
