/** What the files of an index are called, and which there are. */
import type { Hash } from '../../ports.ts';
import { NAME_LENGTH, namesIn, type FileName, type SearchRoot } from './format.ts';
import type { ReadSearchFile } from './reader.ts';

/** A file beside the root. */
export interface SearchFile {
  readonly name: FileName;
  /** JSON. */
  readonly body: string;
}

/** What a file of this content is called: the first 120 bits of its SHA-512, where case counts. */
export function fileNameOf(body: string | Uint8Array, hash: Hash): FileName {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const digest = hash(bytes).slice('sha512-'.length);
  return digest.slice(0, NAME_LENGTH).replaceAll('+', '-').replaceAll('/', '_');
}

/** Names files by their content. @param onFile told of each */
export function naming(hash: Hash, onFile?: (file: SearchFile) => void): (body: string) => SearchFile {
  return (body) => {
    const file = { name: fileNameOf(body, hash), body };
    onFile?.(file);
    return file;
  };
}

/** The names of all files of an index, each once. @throws what `read` throws */
export async function searchFileNames(root: SearchRoot, read: ReadSearchFile): Promise<ReadonlySet<FileName>> {
  const { shards, long, documents } = root;
  const numbers = Object.values((await read('long', long)).numbers).flatMap(namesIn);
  const columns = await Promise.all(numbers.map(async (name) => (await read('numbers', name)).columns));
  const directories = namesIn(documents.directories);
  const inDirectories = await Promise.all(
    directories.map(async (name) => namesIn((await read('directory', name)).documents)),
  );
  return new Set([...namesIn(shards), long, ...numbers, ...columns, ...directories, ...inDirectories.flat()]);
}
