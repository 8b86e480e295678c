/**
 * From text to the words that are looked for and found: in one spelling, without plural endings, and without the words
 * that stand everywhere.
 *
 * The ending is all that is cut off: what names and short descriptions are made of is rarely inflected otherwise.
 *
 * @source Harman 1991, "How effective is suffixing?": the S stemmer
 */
import { tokenize } from './tokenize.ts';

const STOP_WORDS: ReadonlySet<string> = new Set(
  'a an and are as at be by for from has have if in into is it its of on or that the their this to was with you your'.split(
    ' ',
  ),
);

/** More words than anybody types; the rest of a query is ignored, so that its cost is bounded. */
const MAX_WORDS = 16;
const MAX_QUERY_LENGTH = 500;

/** All words of a name, a tag or another short text, in their order. */
export function wordsOf(text: string): readonly string[] {
  return tokenize(text).map(stem);
}

/** The words of a sentence that say something, in their order, with their endings. */
export function writtenInSentence(text: string): readonly string[] {
  return tokenize(text).filter((word) => !STOP_WORDS.has(word));
}

/** Words of a scope, without its numbers: they tell accounts apart, and nothing of what a plugin does. */
export function wordsOfScope(scope: string): readonly string[] {
  return writtenInScope(scope).map(stem);
}

function writtenInScope(scope: string): readonly string[] {
  return tokenize(scope).filter((word) => !/^\d+$/.test(word));
}

/**
 * Words of a query with their endings, each once: of `file` and `files` the first. One of stop words alone is looked for
 * as it is: it may be a name.
 *
 * @param text attacker-controlled where it comes from a URL
 */
export function writtenInQuery(text: string): readonly string[] {
  const [, scope = '', rest = ''] = /^\s*@([^/\s]+)\/(.*)$/s.exec(text.slice(0, MAX_QUERY_LENGTH)) ?? ['', '', text];
  const sentence = rest.slice(0, MAX_QUERY_LENGTH);
  const telling = [...writtenInScope(scope), ...writtenInSentence(sentence)];
  const written = telling.length > 0 ? telling : tokenize(sentence);
  const stems = written.map(stem);
  return written.filter((_, at) => stems.indexOf(stems[at] ?? '') === at).slice(0, MAX_WORDS);
}

/**
 * The beginning of every word with an ending that becomes `word`, or that `word` begins then: all but a `y`, which may have
 * been `ies`.
 */
export function beginningOfWritten(word: string): string {
  return word.endsWith('y') ? word.slice(0, -1) : word;
}

/** Of `adapters`, `adapter`; of `redis`, whatever it makes of it everywhere. */
export function stem(word: string): string {
  const { length } = word;
  if (length < 4 || word.codePointAt(length - 1) !== 0x73) return word;
  const before = word[length - 2];
  if (before === 'u' || before === 's') return word;
  if (word.endsWith('ies')) return /[ae]ies$/.test(word) ? word : `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && /[aeo]es$/.test(word)) return word;
  return word.slice(0, -1);
}
