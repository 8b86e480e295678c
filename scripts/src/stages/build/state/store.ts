/**
 * The parts of a state: files named by the digest of what is in them, so that what is damaged, or of another state, is
 * never taken for what was asked for.
 *
 * Their form is that of `node:v8`, which reads columns of numbers as fast as they can be copied. They are our own files:
 * whoever can write them can write what is published.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { translateFileError } from '@ar-registry/io/files';

export const STATE_FOLDER = '.ar-state';

/** A state that cannot be used: there is none, or it is not what it should be. Then all is built anew. */
export class StateUnusable extends Error {}

export interface StateStore {
  /** @returns the name of the part */
  write(value: unknown): Promise<string>;
  /** The same, compressed: for what is rarely read. */
  writePacked(value: unknown): Promise<string>;
  /** @throws StateUnusable */
  read(name: string): unknown;
  /** @throws StateUnusable */
  readPacked(name: string): unknown;
}

/** @param out the folder that a build writes into */
export function openStateStore(out: string): StateStore {
  const folder = join(out, STATE_FOLDER);
  let made: Promise<unknown> | undefined;
  const put = async (bytes: Uint8Array): Promise<string> => {
    const name = digestOf(bytes);
    try {
      await (made ??= mkdir(folder, { recursive: true }));
      await writeFile(join(folder, name), bytes);
    } catch (error) {
      throw translateFileError(error, join(folder, name));
    }
    return name;
  };
  const take = (name: string): Uint8Array => {
    if (!isPartName(name)) throw new StateUnusable(`${name} is no part of a state.`);
    const bytes = readPart(join(folder, name));
    if (digestOf(bytes) !== name) throw new StateUnusable(`${name} is damaged.`);
    return bytes;
  };
  return {
    write: (value) => put(serialize(value)),
    writePacked: (value) => put(gzipSync(serialize(value), { level: 1 })),
    read: (name) => deserialize(take(name)) as unknown,
    readPacked: (name) => deserialize(gunzipSync(take(name))) as unknown,
  };
}

function readPart(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StateUnusable(`${file} cannot be read.`, { cause: error });
  }
}

export function isPartName(name: string): boolean {
  return /^[\w-]{32}$/.test(name);
}

/** 192 bits in base64url. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 32);
}
