/** A bucket of Amazon S3, or of what speaks its API: R2, Spaces, MinIO, Ceph. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { translateFileError } from '@ar-registry/io/files';
import { cachingOf, contentTypeOf } from '../serve/content.ts';
import { each } from './each.ts';
import { createMarks } from './marks.ts';
import { createClient, isNoObject, translate, type Bucket } from './s3-client.ts';
import { MARK, s3Marks } from './s3-marks.ts';
import { readAtOnce } from './site-files.ts';
import { fileOf, type Found, type Place, type PlaceOptions, type SiteFile } from './types.ts';

export type { Bucket } from './s3-client.ts';

export function openBucket(bucket: Bucket, { signal, pace }: Omit<PlaceOptions, 'now'>): Place {
  const { name: Bucket, prefix, endpoint = '' } = bucket;
  const shown = `s3://${Bucket}/${prefix}`;
  const client = createClient(bucket);
  const ask = async <T>(doing: string, run: () => Promise<T>): Promise<T> =>
    run().catch((error: unknown) => {
      throw translate(error, { shown, doing, signal });
    });
  return {
    shown,
    key: `${shown} ${endpoint}`,
    isFolder: false,
    ...createMarks({ shown, store: s3Marks(client, { bucket, shown, signal }), signal, pace }),
    list: () => list(client, { bucket, shown, signal }),
    find: async (names) => {
      const found = new Map<string, Found>();
      const look = async (name: string): Promise<void> => {
        const one = await ask(`asking for ${name}`, () => findOne(client, { Bucket, Key: `${prefix}${name}` }, signal));
        if (one) found.set(name, one);
      };
      await each(names, look, signal);
      return found;
    },
    // An ETag is the MD5 of what was put at once and not encrypted with a key of its own. Else it is another text, and the
    // file is put again.
    holds: async (file, found) => found.size === file.size && md5Of(readAtOnce(fileOf(file)), 'hex') === found.digest,
    put: async (file) => {
      const Body = await readWhole(file);
      const Key = `${prefix}${file.path}`;
      const input = { Bucket, Key, Body, ContentLength: Body.length, ContentMD5: md5Of(Body, 'base64') };
      await ask(`putting ${file.path}`, () =>
        client.send(new PutObjectCommand({ ...input, ...headersOf(file.path) }), { abortSignal: signal }),
      );
    },
    remove: async (name) => {
      const object = { Bucket, Key: `${prefix}${name}` };
      await ask(`deleting ${name}`, () => client.send(new DeleteObjectCommand(object), { abortSignal: signal }));
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

interface Listing {
  readonly bucket: Bucket;
  readonly shown: string;
  readonly signal: AbortSignal;
}

async function* list(
  client: S3Client,
  { bucket: { name, prefix }, shown, signal }: Listing,
): AsyncGenerator<readonly [string, Found]> {
  const pages = paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix }, { abortSignal: signal });
  try {
    for await (const page of pages)
      for (const { Key = '', Size = -1, ETag } of page.Contents ?? []) {
        const path = Key.slice(prefix.length);
        // Some make an object of a prefix itself.
        if (path !== MARK && path !== '') yield [path, toFound(Size, ETag)];
      }
  } catch (error) {
    throw translate(error, { shown, doing: 'listing it', signal });
  }
}

async function findOne(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  abortSignal: AbortSignal,
): Promise<Found | undefined> {
  try {
    const { ContentLength = -1, ETag } = await client.send(new HeadObjectCommand(object), { abortSignal });
    return toFound(ContentLength, ETag);
  } catch (error) {
    if (isNoObject(error)) return undefined;
    throw error;
  }
}

function toFound(size: number, etag: string | undefined): Found {
  return { size, ...(etag !== undefined && { digest: etag.replaceAll('"', '') }) };
}

async function readWhole(file: SiteFile): Promise<Buffer> {
  try {
    return await readFile(fileOf(file));
  } catch (error) {
    throw translateFileError(error, fileOf(file));
  }
}

function headersOf(name: string): object {
  const { 'content-type': type, 'content-disposition': disposition } = contentTypeOf(name);
  return {
    ContentType: type,
    CacheControl: cachingOf(name),
    ...(disposition !== undefined && { ContentDisposition: disposition }),
  };
}

function md5Of(bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('md5').update(bytes).digest(encoding);
}
