import type { ConfigDocument, Integrity, RebuildReport, StatusDocument } from '@ar-registry/schemas';
import { isError, toFindingDocument, type Finding } from '../findings/index.ts';
import { URL_TEMPLATES } from '../layout/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { EVENT_FOLDER } from '../stats/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';

/** The first client that reads what this builder writes. */
const MINIMUM_CLIENT = '0.1.0';

/** Where everything is. `baseUrl` is empty where only the server knows it. */
export function toConfig(
  { registry }: Pick<Snapshot, 'registry'>,
  { baseUrl, search }: { readonly baseUrl: string | undefined; readonly search: ConfigDocument['search'] },
): ConfigDocument {
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
    ...toSubmissions(registry),
    ...toTelemetry(registry),
    search,
  };
}

/** Where authors submit to; a registry without a repository says nothing of it. */
function toSubmissions({ repository, uploads, github }: Snapshot['registry']): Pick<ConfigDocument, 'submissions'> {
  if (repository === undefined) return {};
  const clientId = github === undefined ? {} : { githubClientId: github.clientId };
  return { submissions: { repository, uploads: uploads ?? 'index', ...clientId } };
}

/** A registry that wants to be told nothing says nothing of it. */
function toTelemetry({ telemetry = false }: Snapshot['registry']): Pick<ConfigDocument, 'telemetryUrl'> {
  if (telemetry === false) return {};
  return { telemetryUrl: telemetry === true ? EVENT_FOLDER.slice(1) : `${telemetry.replace(/\/+$/, '')}/` };
}

/** The facts about the search index that its readers check it by. */
export function toSearchFacts(entries: number, integrity: Integrity, size: number): ConfigDocument['search'] {
  return { format: 'compact', entries, integrity, size };
}

export interface StatusFacts {
  readonly plugins: number;
  readonly versions: number;
  readonly commit: string | undefined;
  readonly rebuild?: RebuildReport | undefined;
  readonly findings: readonly Finding[];
}

/** What was built and, of `findings`, every error: something was left out for it. */
export function toStatus({ plugins, versions, commit, rebuild, findings }: StatusFacts): StatusDocument {
  return {
    schemaVersion: 1,
    ...(commit === undefined ? {} : { commit }),
    ...(rebuild === undefined ? {} : { rebuild }),
    plugins,
    versions,
    excluded: findings
      .filter(isError)
      .map(toFindingDocument)
      .map(({ file, code, message }) => ({ file, code, message: truncate(toSingleLine(message), 500) })),
  };
}
