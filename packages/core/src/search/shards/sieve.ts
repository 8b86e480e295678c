/**
 * Where the words of a query may stand, told from texts as they are written. A list has hundreds of plugins, of which a
 * second word leaves a few, and to take all their texts apart takes longer than everything else.
 *
 * Nothing that has the words is left out; what is left in has to be looked at word by word. Of a word, an index has the
 * stem: `library` of `libraries`, so that all but a `y` at its end stands in the text. Where words are joined, as those of
 * a name are, each may have lost its ending: there letters that endings consist of are passed over on both sides.
 */
import type { Described } from '../terms.ts';
import { beginningOfWritten } from '../words.ts';
import type { PluginTable } from './format.ts';

export interface Sieve {
  /** Whether the plugin at this position may have each of the words, or one that it begins. */
  readonly mayHave: (table: PluginTable, at: number) => boolean;
  /** The name, earlier names, and what else one of the words, or one that it begins, may stand in. */
  readonly partsOf: (described: Described) => Described;
}

/** @param words of a query */
export function createSieve(words: readonly string[]): Sieve {
  const looked = words.map((word): Looked => ({ written: beginningOfWritten(word), joined: joinedPattern(word) }));
  const isIn = (text: string): boolean => {
    const lower = text.toLowerCase();
    return looked.some(({ written }) => lower.includes(written)) || !ASCII.test(text);
  };
  return {
    mayHave: (table, at) => {
      const short = `${table.names[at] ?? ''} ${table.tags[at] ?? ''} ${aliasesAt(table, at)}`.toLowerCase();
      const long = `${table.types[at] ?? ''} ${table.categories[at] ?? ''} ${table.descriptions[at] ?? ''}`;
      const text = `${short} ${long.toLowerCase()}`;
      // Of what is not ASCII there is more than one spelling: anything may stand there.
      return looked.every(({ written, joined }) => text.includes(written) || joined.test(short)) || !ASCII.test(text);
    },
    partsOf: ({ name, type, category = '', tags, description, aliases = [] }) => ({
      name,
      type: isIn(type) ? type : '',
      category: isIn(category) ? category : '',
      tags: tags.filter((tag) => isIn(tag) || looked.some(({ joined }) => joined.test(tag.toLowerCase()))),
      description: isIn(description) ? description : '',
      aliases,
    }),
  };
}

interface Looked {
  /** What stands in a text as it is written. */
  readonly written: string;
  /** What stands in one of which endings are passed over. */
  readonly joined: RegExp;
}

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** What is passed over: all but letters and digits, and the letters of which endings consist. */
const BETWEEN = '[^a-df-hj-rt-xz0-9\\u0080-\\uffff]';

/** Matches where `word` stands once all of that is left out on both sides. */
function joinedPattern(word: string): RegExp {
  const letters = word.replaceAll(new RegExp(BETWEEN, 'g'), '');
  return new RegExp(Array.from({ length: letters.length }, (_, at) => letters[at]).join(`${BETWEEN}*`));
}

function aliasesAt({ aliases }: PluginTable, at: number): string {
  return aliases !== undefined && Object.hasOwn(aliases, at) ? (aliases[at] ?? []).join(' ') : '';
}
