import { showPath } from './path.ts';

/** @source POSIX.1-2024 pax, ustar interchange format, typeflag; GNU tar manual, "Basic Tar Format". */
const REFUSED: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a named pipe',
  '7': 'a contiguous file',
  D: 'a GNU directory dump',
  K: 'the target of a link',
  M: 'a continuation of a file on another volume',
  S: 'a sparse file',
};

/** How tar flags plain files; old programs write the NUL. */
export const FILE_FLAGS: readonly string[] = ['0', '\0'];

const FOLDER_FLAG = '5';

/** Why an entry with the type flag `flag` is refused; undefined for files and folders. */
export function checkEntryType(flag: string, path: string): string | undefined {
  if (FILE_FLAGS.includes(flag) || flag === FOLDER_FLAG) return undefined;
  const what = Object.hasOwn(REFUSED, flag) ? REFUSED[flag] : `of the unknown type ${showPath(JSON.stringify(flag))}`;
  return `${showPath(path)} is ${what}; only files and folders are allowed`;
}
