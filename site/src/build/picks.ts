/** Which plugins the overview shows, as they are kept for the next build: with where the API has what is shown of them. */
import type { PluginName } from '@ar-registry/schemas';
import { pickUpdated, type Picks } from '../data/overview.ts';
import { newestOf } from '../machine/sitemap.ts';
import type { Place, Row } from './listing.ts';

export interface Pick {
  readonly name: PluginName;
  readonly publishedAt: string;
  readonly updatedAt: string;
  readonly place: Place;
}

export interface SavedPicks {
  readonly shown: Picks<Pick>;
  /** When a plugin was last changed; empty where there is none. */
  readonly newestAt: string;
}

export function savePicks(picks: Picks<Row>, placeOf: (row: Row) => Place, newestAt: string): SavedPicks {
  const save = (row: Row): Pick => pickOf(row, placeOf(row));
  const { first, newest, updated, latest, ...counts } = picks;
  const shown = {
    ...counts,
    first: first.map(save),
    newest: newest.map(save),
    updated: updated.map(save),
    ...(latest ? { latest: save(latest) } : {}),
  };
  return { shown, newestAt };
}

export function pickOf({ name, publishedAt, updatedAt }: Omit<Pick, 'place'>, place: Place): Pick {
  return { name, publishedAt, updatedAt, place };
}

/** @param changed plugins that have been updated since, in no way that lists are ordered by */
export function updatePicks({ shown, newestAt }: SavedPicks, changed: ReadonlyMap<PluginName, Pick>): SavedPicks {
  const now = (pick: Pick): Pick => changed.get(pick.name) ?? pick;
  const { first, newest, updated, latest, ...counts } = shown;
  // Whoever else there is was changed before the last of those that are shown, and is no nearer now.
  const candidates = new Map([...updated, ...(latest ? [latest] : [])].map((pick) => [pick.name, now(pick)] as const));
  for (const pick of changed.values()) candidates.set(pick.name, pick);
  const byName = [...candidates.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    shown: { ...counts, first: first.map(now), newest: newest.map(now), ...pickUpdated(byName) },
    newestAt: newestOf([{ updatedAt: newestAt }, ...changed.values()]) ?? '',
  };
}
