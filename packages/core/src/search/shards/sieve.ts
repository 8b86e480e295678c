/**
 * Where the words of a query may stand, told from texts as they are written. A list has hundreds of plugins, of which a
 * second word leaves a few, and to take all their texts apart takes longer than everything else.
 *
 * Nothing that has the words is left out; what is left in has to be looked at word by word. Of a word, an index has the
 * stem: `library` of `libraries`, so that all but a `y` at its end stands in the text. Where words are joined, as those of
 * a name are, each may have lost its ending: there letters that endings consist of are passed over on both sides.
 */
import type { Described } from '../terms.ts';
import type { PluginTable } from './format.ts';

export interface Sieve {
  /** Whether the plugin at this position may have each of the words, or one that it begins. */
  readonly mayHave: (table: PluginTable, at: number) => boolean;
  /** The name, earlier names, and what else one of the words, or one that it begins, may stand in. */
  readonly partsOf: (described: Described) => Described;
}

/** @param words of a query */
export function createSieve(words: readonly string[]): Sieve {
  const looked = words.map((word): Looked => ({ written: writtenOf(word), bare: withoutEndings(word) }));
  const isIn = (text: string): boolean => looked.some((word) => isWrittenIn(text, word));
  return {
    mayHave: (table, at) => {
      const short = `${table.names[at] ?? ''} ${table.tags[at] ?? ''} ${aliasesAt(table, at)}`;
      const text = `${short} ${table.types[at] ?? ''} ${table.categories[at] ?? ''} ${table.descriptions[at] ?? ''}`;
      return looked.every((word) => isWrittenIn(text, word) || isJoinedIn(short, word));
    },
    partsOf: ({ name, type, category = '', tags, description, aliases = [] }) => ({
      name,
      type: isIn(type) ? type : '',
      category: isIn(category) ? category : '',
      tags: tags.filter((tag) => isIn(tag) || looked.some((word) => isJoinedIn(tag, word))),
      description: isIn(description) ? description : '',
      aliases,
    }),
  };
}

interface Looked {
  /** What stands in a text as it is written. */
  readonly written: string;
  /** What stands in one of which endings are passed over. */
  readonly bare: string;
}

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Of what is not ASCII there is more than one spelling: anything may stand there. */
function isWrittenIn(text: string, { written }: Looked): boolean {
  return text.toLowerCase().includes(written) || !ASCII.test(text);
}

function isJoinedIn(text: string, { bare }: Looked): boolean {
  return withoutEndings(text.toLowerCase()).includes(bare);
}

function writtenOf(word: string): string {
  return word.endsWith('y') ? word.slice(0, -1) : word;
}

function aliasesAt({ aliases }: PluginTable, at: number): string {
  return aliases !== undefined && Object.hasOwn(aliases, at) ? (aliases[at] ?? []).join(' ') : '';
}

/** Letters alone, but those of which endings consist. */
function withoutEndings(text: string): string {
  return text.replaceAll(/[^a-z0-9\u0080-\uffff]+|[siey]+/g, '');
}
