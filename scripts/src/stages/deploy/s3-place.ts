/** A bucket of Amazon S3, or of what speaks its API: R2, Spaces, MinIO, Ceph. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  DeleteObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ArError } from '@ar-registry/core/errors';
import { cachingOf, contentTypeOf } from '../serve/content.ts';
import { readAtOnce } from './site-files.ts';
import type { Found, Place, PlaceOptions } from './types.ts';

export interface Bucket {
  readonly name: string;
  /** With a slash at its end, or empty. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** Credentials are those of the environment, as for all programs of AWS. */
export function openBucket(bucket: Bucket, { signal }: Pick<PlaceOptions, 'signal'>): Place {
  const { name: Bucket, prefix } = bucket;
  const shown = `s3://${Bucket}/${prefix}`;
  const client = new S3Client(configOf(bucket));
  const ask = async <T>(doing: string, run: () => Promise<T>): Promise<T> =>
    run().catch((error: unknown) => {
      throw translate(error, { shown, doing, signal });
    });
  return {
    shown,
    list: () => ask('listing it', () => list(client, bucket, signal)),
    // An ETag is the MD5 of what was put at once and not encrypted with a key of its own. Else it is another text, and the
    // file is put again.
    holds: async ({ file, size }, found) => found.size === size && md5Of(file) === found.digest,
    put: async (file) =>
      ask(`putting ${file.path}`, async () => {
        const Body = await readFile(file.file);
        const input = {
          Bucket,
          Key: `${prefix}${file.path}`,
          Body,
          ContentLength: Body.length,
          ...headersOf(file.path),
        };
        await client.send(new PutObjectCommand(input), { abortSignal: signal });
      }),
    remove: async (name) =>
      ask(`deleting ${name}`, async () => {
        await client.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}${name}` }), { abortSignal: signal });
      }),
    finish: async () => undefined,
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

function configOf({ endpoint, region }: Bucket): S3ClientConfig {
  // Services at an endpoint of their own have no hosts for each bucket, and often no regions.
  return {
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true, region: region ?? 'us-east-1' }),
    ...(region !== undefined && { region }),
  };
}

async function list(
  client: S3Client,
  { name, prefix }: Bucket,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix })) {
    signal.throwIfAborted();
    for (const { Key = '', Size = -1, ETag } of page.Contents ?? []) {
      const digest = ETag?.replaceAll('"', '');
      found.set(Key.slice(prefix.length), { size: Size, ...(digest !== undefined && { digest }) });
    }
  }
  return found;
}

function headersOf(name: string): object {
  const { 'content-type': type, 'content-disposition': disposition } = contentTypeOf(name);
  return {
    ContentType: type,
    CacheControl: cachingOf(name),
    ...(disposition !== undefined && { ContentDisposition: disposition }),
  };
}

function md5Of(file: string): string {
  return createHash('md5').update(readAtOnce(file)).digest('hex');
}

/** Its words may hold what it was asked with; status and name are enough. */
function translate(
  error: unknown,
  { shown, doing, signal }: { readonly shown: string; readonly doing: string; readonly signal: AbortSignal },
): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof S3ServiceException) {
    const problem = `${error.name} (${error.$metadata.httpStatusCode ?? 'no status'}) while ${doing}`;
    return new ArError('DEPLOY_FAILED', { place: shown, problem }, { cause: error });
  }
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: unknown };
  const problem = `no answer (${typeof code === 'string' ? code : name}) while ${doing}`;
  return new ArError('DEPLOY_FAILED', { place: shown, problem }, { cause: error });
}
