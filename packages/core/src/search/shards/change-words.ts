/** Words of names that came or went with a change, and so the parts of names that are looked for after typing errors. */
import { NAME_STRENGTH } from '../terms.ts';
import type { Edits } from './edits.ts';
import { typoKeysOfName } from './keys.ts';
import type { Numbered } from './numbered.ts';
import type { OpenList, Values } from './opened.ts';

/** Of one part: the names that go, and those that come. */
export interface PartEdit {
  readonly removed: Set<string>;
  readonly added: Set<string>;
}

export interface WordPorts {
  readonly listOf: (word: string) => Promise<OpenList | undefined>;
  /** Of a list that is longer than what is known of it: all of it, as it is now. */
  readonly after: (word: string) => Promise<Numbered>;
  readonly values: Values;
}

export async function changeParts({ removed, added }: Edits, ports: WordPorts): Promise<ReadonlyMap<string, PartEdit>> {
  const [then, now] = [namesOf(removed), namesOf(added)];
  const edits = new Map<string, PartEdit>();
  const editOf = (part: string): PartEdit => {
    const edit = edits.get(part) ?? { removed: new Set(), added: new Set() };
    edits.set(part, edit);
    return edit;
  };
  const changed = new Set([...removed, ...added].map(({ id }) => id));
  const moved = [...then, ...now].filter((word) => then.has(word) !== now.has(word));
  for (const word of moved) {
    // Another plugin of this name, and it neither comes nor goes.
    if (await isElsewhere(word, changed, ports)) continue;
    for (const part of typoKeysOfName(word)) editOf(part)[now.has(word) ? 'added' : 'removed'].add(word);
  }
  return edits;
}

function namesOf(all: readonly { readonly names: readonly string[] }[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ names }) => names));
}

async function isElsewhere(
  word: string,
  changed: ReadonlySet<number>,
  { listOf, after, values }: WordPorts,
): Promise<boolean> {
  const list = await listOf(word);
  if (!list) return false;
  const others = list.at.filter(({ id }) => !changed.has(id));
  if (others.some((row) => (values.terms(row).strengths.get(word) ?? 0) >= NAME_STRENGTH)) return true;
  if (list.at.length === list.count) return false;
  const { ids, strengths } = await after(word);
  return ids.some((id, at) => !changed.has(id) && (strengths[at] ?? 0) >= NAME_STRENGTH);
}

/** @returns undefined where nothing is left */
export function editNames(names: readonly string[], { removed, added }: PartEdit): readonly string[] | undefined {
  const changed = [...new Set([...names, ...added])].filter((name) => !removed.has(name)).toSorted();
  return changed.length === 0 ? undefined : changed;
}
