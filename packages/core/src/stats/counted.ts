/**
 * What counts: which GETs of a registry's files stand for something that happened. The table, and nothing else, decides;
 * `docs/guides/statistics.md` tells it to people, and the SQL of `ar-registry stats collect` is handed it as data.
 *
 * Addresses are compared as a whole with those that the registry publishes, so that a request can only count for a
 * version that exists: whatever a stranger writes into a log, it makes up no plugin. Of searches the words are a
 * stranger's: they count where `normalizeTerms` would have told them, and enough different clients looked for them.
 */
import type { PluginName, Version } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import { PLUGIN_EVENTS, SEARCH_EVENTS } from '../telemetry/index.ts';

/** How often a client may count for one version. */
export type CountingWindow = 'hour' | 'day';

export interface CountedKind {
  /** `download`, or the name of an event. */
  readonly kind: string;
  readonly window: CountingWindow;
  /** Answers that count. A part of a file (206) does not: the request that began the download has counted. */
  readonly statuses: readonly number[];
  /** What it tells something about: a version that was published, or the words of a search. */
  readonly about: 'release' | 'terms';
}

/** The one kind that is an archive: from the API, and as npm's clients ask for it. */
export const DOWNLOAD: CountedKind = { kind: 'download', window: 'hour', statuses: [200], about: 'release' };

/**
 * What programs tell by asking for a tiny file: `/t/v1/<event>?p=@scope/name&v=1.0.0`, of a load with `ms=50`, which is one of
 * the bounds in `core/telemetry`, and of a search `?q=<terms>`.
 */
export const EVENTS: readonly CountedKind[] = [
  ...PLUGIN_EVENTS.map(
    (kind) => ({ kind, window: windowOf(kind), statuses: [200, 204, 304], about: 'release' }) as const,
  ),
  ...SEARCH_EVENTS.map((kind) => ({ kind, window: 'day', statuses: [200, 204, 304], about: 'terms' }) as const),
];

/** What fewer different clients looked for within the days of a run is told to nobody. */
export const LEAST_SEARCHERS = 10;
/** Terms of each kind that are kept of a run, those that most looked for. */
export const MOST_TERMS = 200;

function windowOf(kind: (typeof PLUGIN_EVENTS)[number]): CountingWindow {
  return kind === 'active' ? 'day' : 'hour';
}

/** Where the files of events lie, with slashes at both ends. */
export const EVENT_FOLDER = '/t/v1/';

/** The addresses that an archive is published at, decoded, from the root of the registry with a leading slash. */
export function archiveAddresses(name: PluginName, version: Version): readonly string[] {
  const own = name.slice(name.indexOf('/') + 1);
  return [`/${routes.download(name, version)}`, `/npm/${name}/-/${own}-${version}.tgz`];
}

/** How an agent says that it runs in CI, as npm and pnpm do: `npm/10.2.4 node/v24.1.0 linux x64 ci/github-actions`. RE2. */
export const CI_AGENT = '(?:^| )ci/[a-z0-9]';
