/**
 * The files of a search index in shards, as a browser reads them: gzip, whatever the server says, each once.
 *
 * They are not compared with the hashes that they are named by: they come from where this program comes from, and who can
 * change the one can change the other. What they say becomes text and nothing else.
 */
import { isSearchable, type FileName, type ReadSearchFile, type SearchRoot } from '@ar-registry/core/search/shards';

export interface ShardFiles {
  readonly root: SearchRoot;
  readonly read: ReadSearchFile;
}

/** The last ones are kept: some 300 KB each, and a query has a few. */
const MOST_KEPT = 128;
const GZIP = [0x1f, 0x8b] as const;

/** @param api address of the API, with a slash at its end; asked whether it is as it was, every time */
export async function openShardFiles(api: string): Promise<ShardFiles> {
  const index = await get(`${api}search/index.json`, { cache: 'no-cache' });
  const { root: packedRoot } = (await index.json()) as { root: string };
  const packed = Uint8Array.from(atob(packedRoot), (character) => character.charCodeAt(0));
  const root = (await unpack(packed)) as SearchRoot;
  // A page that is older than what it searches would find too little, and not say so.
  if (!isSearchable(root)) throw new Error('The search index is of a later version than this page.');
  const kept = new Map<FileName, Promise<unknown>>();
  const load = async (name: FileName): Promise<unknown> =>
    unpack(new Uint8Array(await (await get(`${api}search/files/${name}`)).arrayBuffer()));
  return {
    root,
    read: ((_kind, name) => {
      const file = kept.get(name) ?? load(name);
      kept.delete(name);
      kept.set(name, file);
      file.catch(() => kept.delete(name));
      const [oldest] = kept.size > MOST_KEPT ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
      return file;
    }) as ReadSearchFile,
  };
}

async function get(url: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url} is not there: ${response.status}.`);
  return response;
}

/** What a server or something between has unpacked already is taken as it is. */
function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const isPacked = GZIP.every((byte, at) => bytes[at] === byte);
  const blob = new Blob([bytes]);
  const json = isPacked ? blob.stream().pipeThrough(new DecompressionStream('gzip')) : blob;
  return new Response(json).json();
}
