/**
 * A number that changes with every damage to one place of `bytes`, for what is kept on the user's own disk.
 *
 * No proof against anybody: who can write the bytes can write the number. In JavaScript, because to load what Node.js has
 * for it (`node:zlib`, `node:crypto`) takes longer than all else that a command does with a kept answer.
 *
 * @source FNV-1a, over words of four bytes (draft-eastlake-fnv)
 */
export function checksum(bytes: Buffer): number {
  // Copied, since a word must begin at a multiple of its length.
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  let hash = 0x811c9dc5 ^ bytes.length;
  // By index: in code that runs once and is not compiled yet, an iterator costs more than the arithmetic.
  for (let at = 0; at < words.length; at += 1) hash = Math.imul(hash ^ (words[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
