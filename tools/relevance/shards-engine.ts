/** Our own index, in the files of a large registry whatever the size. */
import fs from 'node:fs';
import path from 'node:path';
import { buildShards, searchShards, type ReadSearchFile, type SearchRoot } from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex, unpackSearchFile } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import type { Engine } from './engine.ts';

const INDEX = 'index.json';

export const shards: Engine = {
  name: 'ours, in shards',
  settings: 'as `ar plugin search` of a large registry',
  build: async (entries, folder) => {
    const making = buildShards(entries, { hash: integrityOf });
    let step = making.next();
    for (; !step.done; step = making.next())
      fs.writeFileSync(path.join(folder, step.value.name), await packSearchFile(step.value.body));
    fs.writeFileSync(path.join(folder, INDEX), toShardedIndex(step.value));
  },
  open: async (folder) => {
    let bytesRead = 0;
    const readBytes = (name: string): Uint8Array => {
      const bytes = fs.readFileSync(path.join(folder, name));
      bytesRead += bytes.length;
      return bytes;
    };
    const { root } = JSON.parse(Buffer.from(readBytes(INDEX)).toString('utf8')) as { root: string };
    const parsed = parse(Buffer.from(root, 'base64')) as SearchRoot;
    const read = (async (_kind, name) => parse(readBytes(name))) as ReadSearchFile;
    return {
      search: async (text, limit) =>
        (await searchShards(parsed, { text, limit }, read)).plugins.map(({ name }) => name),
      bytesRead: () => bytesRead,
      close: async () => undefined,
    };
  },
};

function parse(bytes: Uint8Array): unknown {
  const json = unpackSearchFile(bytes);
  if (!json) throw new Error('A file of the index is damaged.');
  return JSON.parse(json.toString('utf8'));
}
