/**
 * Ids that sort with the newest first: Pinecone lists ids in their order and knows no other. The time, counted down from
 * a far end, then something that no other has.
 */
const END_MS = 36 ** 9 - 1;
const DIGITS = 9;

/** @param unique letters, digits and - that no other id has. @param suffix says where it is */
export function createId(nowMs: number, unique: string, suffix: string): string {
  const left = Math.max(0, END_MS - Math.floor(nowMs));
  return `${left.toString(36).padStart(DIGITS, '0')}-${unique}${suffix}`;
}
