/** Our own index, in the files of a large registry whatever the size. */
import fs from 'node:fs';
import path from 'node:path';
import { searchFiles, writeSearchFiles } from '../bench/search-files.ts';
import type { Engine } from './engine.ts';

export const shards: Engine = {
  name: 'ours, in shards',
  settings: 'as `ar plugin search` of a large registry',
  build: (entries, folder) =>
    writeSearchFiles(entries, (name, bytes) => fs.writeFileSync(path.join(folder, name), bytes)),
  open: async (folder) => {
    let bytesRead = 0;
    const read = (name: string): Uint8Array => {
      const bytes = fs.readFileSync(path.join(folder, name));
      bytesRead += bytes.length;
      return bytes;
    };
    return {
      search: async (text, limit) => (await searchFiles(read, { text, limit })).plugins.map(({ name }) => name),
      bytesRead: () => bytesRead,
      close: async () => undefined,
    };
  },
};
