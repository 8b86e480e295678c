/** The one file of the state. It is replaced whole, so that whoever reads it finds either the old or the new. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface StateFile {
  /** Undefined where there is none. */
  read(): Promise<string | undefined>;
  /** Settles when it is on the disk. */
  write(text: string): Promise<void>;
  /** Puts it aside, for whoever wants to look at it. @returns the name that it has now */
  putAside(): Promise<string>;
}

const FILE = 'state.json';

/** @param dir the plugin's data directory */
export function createStateFile(dir: string): StateFile {
  const path = join(dir, FILE);
  return {
    async read() {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(text) {
      const temporary = `${path}.new`;
      try {
        await writeThrough(temporary, text);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async putAside() {
      const name = `${FILE}.unusable`;
      await rename(path, join(dir, name));
      return name;
    },
  };
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
