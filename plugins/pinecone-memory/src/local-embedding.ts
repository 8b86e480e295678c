/**
 * Vectors without a model: each word, and each three to five characters of it, adds to one of the vector's places that
 * its hash names. Texts that share words or parts of words are near each other. Of meaning it knows nothing: "car" is as
 * far from "automobile" as from "banana". It costs nothing, needs no network and gives the same vector everywhere.
 *
 * @source Weinberger and others, Feature Hashing for Large Scale Multitask Learning (2009)
 */
const MAX_CHARS = 20_000;
/** What is longer is no word: its start stands for it. */
const MAX_WORD_CHARS = 64;
/** A word as a whole says more than a part of it. */
const WORD_WEIGHT = 3;

/** @returns a vector of length 1; for a text without letters and digits, one along the first place */
export function embedLocally(text: string, dimension: number): number[] {
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number): void => void counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const word of wordsOf(text)) {
    add(word, WORD_WEIGHT);
    for (const part of partsOf(` ${word} `)) add(part, 1);
  }
  const vector = Array.from({ length: dimension }, () => 0);
  for (const [feature, count] of counts) {
    const hash = hashOf(feature);
    const place = hash % dimension;
    // The sign lets two features that meet in one place cancel out rather than add up.
    const sign = hash & 0x8000_0000 ? -1 : 1;
    vector[place] = (vector[place] ?? 0) + sign * (1 + Math.log(count));
  }
  return normalised(vector);
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .slice(0, MAX_CHARS)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

function partsOf(word: string): readonly string[] {
  const characters = Array.from(word.slice(0, MAX_WORD_CHARS));
  return [3, 4, 5].flatMap((length) =>
    Array.from({ length: Math.max(0, characters.length - length + 1) }, (_, at) =>
      characters.slice(at, at + length).join(''),
    ),
  );
}

/** FNV-1a over UTF-16, with its bits mixed once more: they choose both the place and the sign. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9_f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function normalised(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  // Pinecone takes no vector of nothing but zeros.
  if (length === 0) return vector.with(0, 1);
  // As many digits as the index keeps: more would only make requests larger.
  return vector.map((value) => Number((value / length).toPrecision(7)));
}
