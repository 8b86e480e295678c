/** The plugins with a rank among those that were found, where only their numbers are known. */
import { ID_ATTEMPTS, idOfAttempt } from '../ids.ts';
import { before, namesByRank, type Ranks } from '../ranks.ts';
import type { Found } from '../order.ts';
import type { SearchQuery } from '../query.ts';
import type { Gathering } from './gathering.ts';

/** How many are read at a time: about a page. */
const BATCH = 12;

/**
 * Those with a rank first, as far as the page of the query reaches: beyond it, some may still stand among the others.
 *
 * A number is made of the name, and is another’s in rare cases: so each plugin is read before it counts as ranked.
 */
export async function rankedFirstByNumber(
  found: readonly Found[],
  { ranks, offset = 0, limit = Infinity }: SearchQuery,
  gathering: Gathering,
): Promise<readonly Found[]> {
  if (!ranks || ranks.size === 0) return found;
  const byId = new Map(found.map((one) => [one.id, one]));
  const ids = await idsByRank(ranks, gathering, { isWanted: (id) => byId.has(id), count: offset + limit });
  return before(
    ids.flatMap((id) => byId.get(id) ?? []),
    found,
  );
}

/** At least `count` of them, unless there are fewer; best first. */
export async function idsByRank(
  ranks: Ranks,
  gathering: Gathering,
  { isWanted, count }: { readonly isWanted: (id: number) => boolean; readonly count: number },
): Promise<readonly number[]> {
  const names = namesByRank(ranks);
  const ids: number[] = [];
  for (let at = 0; at < names.length && ids.length < count; at += BATCH) {
    ids.push(...(await idsOfNames(names.slice(at, at + BATCH), gathering, isWanted)));
  }
  return ids;
}

/** In the order of the names. A number that a name may have is looked at when the plugin has none that comes before. */
async function idsOfNames(
  names: readonly string[],
  gathering: Gathering,
  isWanted: (id: number) => boolean,
): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  for (let attempt = 0; attempt < ID_ATTEMPTS && ids.size < names.length; attempt += 1) {
    const tried = names
      .filter((name) => !ids.has(name))
      .map((name) => ({ name, id: idOfAttempt(name, attempt) }))
      .filter(({ id }) => isWanted(id));
    await gathering.readEntries(tried.map(({ id }) => id));
    for (const { name, id } of tried) if (gathering.known(id)?.name === name) ids.set(name, id);
  }
  return names.flatMap((name) => ids.get(name) ?? []);
}
