/** What pages say of all plugins together: counts, and the few that come first. As large for many plugins as for few. */
import type { PluginSummary, TrustLevel } from '@ar-registry/schemas';
import type { Api } from './api.ts';
import { cardMaker, type Card } from './cards.ts';
import { countTypes, type TypeCount } from './count-types.ts';
import type { Listed } from './lists.ts';
import type { ListEntry } from './page-data.ts';

export interface Overview {
  /** Plugins that are listed. */
  readonly total: number;
  readonly types: readonly TypeCount[];
  readonly trust: Readonly<Record<TrustLevel, number>>;
  readonly featured: readonly Card[];
  /** As the API says. */
  readonly popular: readonly Card[];
  /** The most downloaded, as lists order them. */
  readonly first: readonly Card[];
  readonly newest: readonly Card[];
  /** Those with more than one version that changed last. */
  readonly updated: readonly Card[];
  /** What was released last. */
  readonly latest?: PluginSummary;
  /** Tags that the most plugins have. */
  readonly tags: readonly string[];
}

/** What is known of every plugin. */
export type Counted = Listed & Pick<PluginSummary, 'trust' | 'publishedAt' | 'updatedAt'>;

export interface OverviewInput<Plugin extends Counted> {
  /** By name. */
  readonly plugins: readonly Plugin[];
  /** The same in that of lists. */
  readonly ordered: readonly Plugin[];
  readonly tags: readonly ListEntry[];
}

/** What an overview is made of: which plugins it shows, and what was counted. */
export interface Picks<Plugin> extends Pick<Overview, 'total' | 'types' | 'trust' | 'tags'> {
  readonly first: readonly Plugin[];
  readonly newest: readonly Plugin[];
  readonly updated: readonly Plugin[];
  readonly latest?: Plugin;
}

const SHOWN = 4;
const FIRST = 48;
const TAGS = 6;

export function pickOverview<Plugin extends Counted>({ plugins, ordered, tags }: OverviewInput<Plugin>): Picks<Plugin> {
  const trust = { official: 0, verified: 0, community: 0 };
  for (const plugin of plugins) trust[plugin.trust] += 1;
  return {
    total: plugins.length,
    types: countTypes(plugins),
    trust,
    first: ordered.slice(0, FIRST),
    newest: firstBy(plugins, SHOWN, ({ publishedAt }) => Date.parse(publishedAt)),
    ...pickUpdated(plugins),
    tags: firstBy(tags, TAGS, ({ count }) => count).map(({ id }) => id),
  };
}

/** @param plugins by name */
export function pickUpdated<Plugin extends Pick<Counted, 'publishedAt' | 'updatedAt'>>(
  plugins: readonly Plugin[],
): Pick<Picks<Plugin>, 'updated' | 'latest'> {
  const [latest] = firstBy(plugins, 1, ({ updatedAt }) => Date.parse(updatedAt));
  return {
    updated: firstBy(plugins, SHOWN, ({ publishedAt, updatedAt }) =>
      publishedAt === updatedAt ? undefined : Date.parse(updatedAt),
    ),
    ...(latest ? { latest } : {}),
  };
}

export function makeOverview<Plugin>(
  api: Pick<Api, 'featured' | 'popular' | 'downloads' | 'ratings'>,
  { first, newest, updated, latest, ...counts }: Picks<Plugin>,
  summaryOf: (plugin: Plugin) => PluginSummary,
): Overview {
  const cardOf = cardMaker(api);
  const cards = (some: readonly Plugin[]): readonly Card[] => some.map((plugin) => cardOf(summaryOf(plugin)));
  return {
    ...counts,
    featured: api.featured().map(cardOf),
    popular: api.popular().map(cardOf),
    first: cards(first),
    newest: cards(newest),
    updated: cards(updated),
    ...(latest ? { latest: summaryOf(latest) } : {}),
  };
}

/** The highest, those of the same height in the order that they have. @param heightOf `undefined` for those to leave out */
function firstBy<T>(all: readonly T[], most: number, heightOf: (each: T) => number | undefined): readonly T[] {
  const found: { readonly each: T; readonly height: number }[] = [];
  for (const each of all) {
    const height = heightOf(each);
    if (height === undefined || (found.length === most && height <= (found.at(-1)?.height ?? 0))) continue;
    const place = found.findIndex((other) => other.height < height);
    found.splice(place === -1 ? found.length : place, 0, { each, height });
    if (found.length > most) found.pop();
  }
  return found.map(({ each }) => each);
}
