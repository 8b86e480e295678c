/**
 * Known-item queries: what somebody may type who is after one plugin, made of that plugin. How well an engine does is how
 * early it names the plugin.
 */
import { splitName } from '@ar-registry/core/name';
import type { SearchEntry } from '@ar-registry/core/search';
import { type Random, createRandom } from '../corpus/random.ts';

export const GROUPS = ['two words', 'three words', 'misspelt name', 'name part'] as const;

export type Group = (typeof GROUPS)[number];

export interface KnownItem {
  readonly group: Group;
  readonly text: string;
  readonly name: string;
}

/** @returns `count` of each group; the same for the same arguments */
export function knownItems(entries: readonly SearchEntry[], count: number, seed: string): readonly KnownItem[] {
  const texts = entries.map(({ name, description }) => `${name} ${description}`.toLowerCase());
  return GROUPS.flatMap((group) => {
    const random = createRandom(`${seed} ${group}`);
    const items: KnownItem[] = [];
    for (let tries = 0; items.length < count && tries < 50 * count; tries += 1) {
      const entry = entries[random.below(entries.length)];
      const text = entry && MAKERS[group](entry, random);
      if (entry && text !== undefined && isTelling(text, texts)) items.push({ group, text, name: entry.name });
    }
    return items;
  });
}

/** Of more documents than are looked at, which ones come first is luck. */
const TELLING = 10;

/** Whether no more than so many documents have all of it, be it within words. */
function isTelling(query: string, texts: readonly string[]): boolean {
  const words = query.toLowerCase().split(' ');
  return texts.filter((text) => words.every((word) => text.includes(word))).length <= TELLING;
}

type Maker = (entry: SearchEntry, random: Random) => string | undefined;

const MAKERS: Readonly<Record<Group, Maker>> = {
  'two words': (entry, random) => wordsOfDescription(entry, 2, random),
  'three words': (entry, random) => wordsOfDescription(entry, 3, random),
  'misspelt name': ({ name }, random) => misspelt(splitName(name).base, random),
  'name part': ({ name }, random) => partOf(splitName(name).base, random),
};

/** What nobody types who looks for something. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'a an as at be by have if in is it of on or to was we will the and for with from your this that their you are can use using used its has into all any not but how via'.split(
    ' ',
  ),
);

/** Different ones that say something, in their order. */
function wordsOfDescription({ description }: SearchEntry, count: number, random: Random): string | undefined {
  const words = [...new Set(description.match(/[\p{L}\p{N}]{3,}/gu))].filter(
    (word) => !EMPTY_WORDS.has(word.toLowerCase()),
  );
  if (words.length < count + 1) return undefined;
  while (words.length > count) words.splice(random.below(words.length), 1);
  return words.join(' ');
}

/** One letter left out, doubled, changed or swapped with the next, in a word of five letters or more. */
function misspelt(base: string, random: Random): string | undefined {
  const words = base.split('-');
  const long = [...words.keys()].filter((index) => /^[a-z]{5,}$/.test(words[index] ?? ''));
  const at = long[random.below(long.length)];
  if (at === undefined) return undefined;
  const word = words[at] ?? '';
  const place = 1 + random.below(word.length - 2);
  const before = word.slice(0, place);
  const letter = word.charAt(place);
  const after = word.slice(place + 1);
  const edits = [after, letter + letter + after, `x${after}`, (after[0] ?? '') + letter + after.slice(1)];
  const edited = before + (edits[random.below(edits.length)] ?? '');
  return edited === word ? undefined : words.with(at, edited).join(' ');
}

/** Two of three words of a name or more, or the beginning of one of one word. */
function partOf(base: string, random: Random): string | undefined {
  const words = base.split('-').filter((word) => word.length > 1 && !EMPTY_WORDS.has(word));
  if (words.length > 2) return words.toSpliced(random.below(words.length), 1).slice(0, 2).join(' ');
  const [only = ''] = words;
  return words.length === 1 && only.length >= 7 ? only.slice(0, -2) : undefined;
}
