/** A text of any length, searched in pieces: what the rules cost for one piece is bounded. */
import type { FindSecrets, Hit } from './rules.ts';

/** In UTF-16 code units. The overlap is longer than the longest secret, a private key of 10,000 characters. */
const PIECE = 64 * 1024;
const OVERLAP = 12 * 1024;
/** What begins so close to the start of a piece was whole in the one before; here its beginning may be cut off. */
const GUARD = 512;

export interface SearchOptions {
  readonly name: string;
  readonly find: FindSecrets;
  /** Of so many secrets no more are looked for. */
  readonly limit: number;
  /** Between pieces. @throws to stop */
  readonly pause: () => Promise<void>;
}

/** All secrets in `text`, in reading order; none of them begins inside another. */
export async function searchText(text: string, { name, find, limit, pause }: SearchOptions): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for (let start = 0; start === 0 || start + OVERLAP < text.length; start += PIECE - OVERLAP) {
    await pause();
    const found = await find(name, text.slice(start, start + PIECE));
    const from = start === 0 ? 0 : GUARD;
    hits.push(
      ...found
        .filter((hit) => hit.start >= from)
        .map((hit) => ({ ...hit, start: hit.start + start, end: hit.end + start })),
    );
    if (hits.length >= limit) break;
  }
  return apart(hits).slice(0, limit);
}

/** Of hits that overlap, the one that begins first; of those the longest. */
function apart(hits: readonly Hit[]): readonly Hit[] {
  const kept: Hit[] = [];
  let end = -1;
  for (const hit of hits.toSorted((a, b) => a.start - b.start || b.end - a.end || (a.rule < b.rule ? -1 : 1))) {
    if (hit.start < end) continue;
    kept.push(hit);
    end = hit.end;
  }
  return kept;
}
