/**
 * The file that `node --build-snapshot` writes. Its last part is compiled code of all modules that are built into Node.js, of
 * which a plugin's process uses none: what it needs of them is in the memory that the file holds, with its code, and V8
 * takes code from the last part only under the switches under which that was compiled. It is most of the file, and is read
 * and copied at every start. No option of Node.js leaves it out and keeps the other.
 *
 * The last part is a list: how many; then of each the length of a name, the name, the length of the code, the code.
 * Numbers have eight bytes, the lowest first.
 */

const NUMBER_BYTES = 8;
const MAX_NAME_BYTES = 200;

/**
 * The same snapshot with an empty list at its end.
 *
 * @returns undefined where no list is found there, as on systems with numbers of another form
 */
export function withoutBuiltinCode(file: Buffer): Buffer | undefined {
  for (let at = 0; at < file.length; at += 1)
    if (isSmall(file, at) && isSmall(file, at + NUMBER_BYTES) && isList(file, at))
      return Buffer.concat([file.subarray(0, at), Buffer.alloc(NUMBER_BYTES)]);
  return undefined;
}

/** Whether it can count modules, or the letters of a name: most places are left by this. */
function isSmall(file: Buffer, at: number): boolean {
  return (file[at] !== 0 || file[at + 1] !== 0) && file[at + 2] === 0 && file[at + 4] === 0 && file[at + 7] === 0;
}

/** Whether a list begins there that ends with the file: by chance, nothing else does. */
function isList(file: Buffer, start: number): boolean {
  let at = start + NUMBER_BYTES;
  for (let left = numberAt(file, start); left > 0; left -= 1) {
    const nameBytes = numberAt(file, at);
    if (nameBytes === 0 || nameBytes > MAX_NAME_BYTES) return false;
    at += NUMBER_BYTES + nameBytes;
    at += NUMBER_BYTES + numberAt(file, at);
  }
  return at === file.length;
}

/** Too large to be one where the file has ended before. */
function numberAt(file: Buffer, at: number): number {
  if (at + NUMBER_BYTES > file.length) return Number.MAX_SAFE_INTEGER;
  return file.readUInt32LE(at) + file.readUInt32LE(at + 4) * 2 ** 32;
}
