/** What registries served, put between a client and the network: recorded on the way in, answered from on the way out. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundledFile } from '@ar-registry/core/bundle';
import { ArError } from '@ar-registry/core/errors';
import type { Integrity } from '@ar-registry/schemas';
import type { Get, Through } from '../api-client/index.ts';
import { shown } from '../api-client/report.ts';
import { integrityOf } from '../digest/index.ts';
import { makeFolder, translateFileError } from '../files/index.ts';
import type { Bundle } from './open-bundle.ts';

/** Files by the address at which they were served, which has no credentials. */
export interface ServedFiles {
  sizeOf(url: string): number | undefined;
  read(url: string): Promise<Buffer>;
}

/** A file that was recorded, on the disk: all of them together may be too much for the memory. */
export interface RecordedFile {
  /** Absolute. */
  readonly from: string;
  readonly size: number;
  readonly integrity: Integrity;
}

export interface Recording {
  readonly through: Through;
  /** By address. What was answered last counts. */
  readonly files: ReadonlyMap<string, RecordedFile>;
}

/** @param folder for what is recorded; absolute */
export async function recordTo(folder: string): Promise<Recording> {
  await makeFolder(folder);
  const files = new Map<string, RecordedFile>();
  let count = 0;
  const record = async (url: string, body: Buffer): Promise<void> => {
    const from = path.join(folder, String((count += 1)));
    await writeFile(from, body).catch((error: unknown) => {
      throw translateFileError(error, from);
    });
    files.set(url, { from, size: body.length, integrity: integrityOf(body) });
  };
  const through: Through = (get, base) => async (asked) => {
    const response = await get(asked);
    if (response.status === 200) await record(addressOf(asked, base), response.body);
    return response;
  };
  return { through, files };
}

/**
 * Answers in place of every registry: what is not there is not found, and nobody is asked.
 *
 * @param onUse told of each file that is answered with
 */
export function answerFrom(served: ServedFiles, onUse: (url: string) => void = () => undefined): Through {
  return (_get, base) => async (asked) => {
    const { limitBytes, signal } = asked;
    signal.throwIfAborted();
    const url = addressOf(asked, base);
    const size = served.sizeOf(url);
    if (size === undefined) return { url, status: 404, headers: {}, body: Buffer.alloc(0) };
    if (size > limitBytes) throw new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url, limitBytes });
    onUse(url);
    return { url, status: 200, headers: {}, body: await served.read(url) };
  };
}

/** At a mirror, too, it is a file of the registry. */
function addressOf({ url, base: place }: Parameters<Get>[0], base: string): string {
  return place === undefined ? shown(url) : `${shown(base)}${url.slice(place.length)}`;
}

/** What was recorded, as it was answered. */
export function readRecorded({ files }: Pick<Recording, 'files'>): ServedFiles {
  return {
    sizeOf: (url) => files.get(url)?.size,
    read: async (url) => {
      const file = files.get(url)?.from ?? '';
      return readFile(file).catch((error: unknown) => {
        throw translateFileError(error, file);
      });
    },
  };
}

export function servedIn(bundle: Bundle): ServedFiles {
  const { files } = bundle.manifest;
  const byUrl = new Map(files.flatMap((entry) => (entry.url === undefined ? [] : [[entry.url, entry]])));
  return {
    sizeOf: (url) => byUrl.get(url)?.size,
    read: (url) => bundle.read(known(byUrl.get(url), url)),
  };
}

function known(entry: BundledFile | undefined, url: string): BundledFile {
  if (entry) return entry;
  throw new ArError('BUNDLE_LACKS', { what: url });
}
