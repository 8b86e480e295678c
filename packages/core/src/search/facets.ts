/** What plugins are told apart by besides words: filters, and how many plugins they would leave. */
import type { AnyOf, SearchEntry, SearchQuery } from './query.ts';

export const FACETS = ['type', 'category', 'trust', 'tag', 'license'] as const;

export type Facet = (typeof FACETS)[number];

/** What has values of them. */
export type Faceted = Pick<SearchEntry, Exclude<Facet, 'tag'> | 'tags'>;

/** Value → how many plugins have it. */
export type FacetCounts = Readonly<Record<Facet, Readonly<Record<string, number>>>>;

/** The values by which a query filters, one list for each facet that it names. */
export function chosenFacets(query: SearchQuery): readonly (readonly [Facet, readonly string[]])[] {
  return FACETS.map((facet) => [facet, toList(query[facet])] as const).filter(([, values]) => values.length > 0);
}

function toList(wanted: AnyOf<string> | undefined): readonly string[] {
  if (wanted === undefined) return [];
  return typeof wanted === 'string' ? [wanted] : wanted;
}

/** Whether an entry has one of the wanted values of each facet. */
export function passing(query: SearchQuery): (entry: Faceted) => boolean {
  const chosen = chosenFacets(query);
  return (entry) => chosen.every(([facet, wanted]) => valuesOf(entry, facet).some((value) => wanted.includes(value)));
}

export function countFacets(entries: Iterable<Faceted>): FacetCounts {
  const counts = FACETS.map((facet) => ({ facet, values: new Map<string, number>() }));
  for (const entry of entries)
    for (const { facet, values } of counts)
      for (const value of valuesOf(entry, facet)) values.set(value, (values.get(value) ?? 0) + 1);
  return Object.fromEntries(counts.map(({ facet, values }) => [facet, Object.fromEntries(values)])) as FacetCounts;
}

function valuesOf(entry: Faceted, facet: Facet): readonly string[] {
  if (facet === 'tag') return entry.tags;
  const value = entry[facet];
  return value === undefined ? [] : [value];
}
