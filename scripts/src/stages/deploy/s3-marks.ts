/**
 * The mark of a bucket: one object, replaced on the condition that it is what was read. All large services keep to such
 * conditions; with one that does not, deployments at the same time are not told of each other.
 *
 * @source https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import type { MarkStore } from './marks.ts';
import { isNoObject, isOutdated, isUnknown, translate, type Bucket } from './s3-client.ts';

/** Below the prefix. */
export const MARK = '.ar-deploy.json';
/** What is longer is nothing of ours. */
const MOST_CHARACTERS = 4096;

interface Options {
  readonly bucket: Bucket;
  readonly shown: string;
  readonly signal: AbortSignal;
}

export function s3Marks(client: S3Client, { bucket, shown, signal }: Options): MarkStore {
  const object = { Bucket: bucket.name, Key: `${bucket.prefix}${MARK}` };
  const read: MarkStore['read'] = async () => {
    try {
      const { Body, ETag = '' } = await client.send(new GetObjectCommand(object), { abortSignal: signal });
      const text = (await Body?.transformToString()) ?? '';
      return { text: text.slice(0, MOST_CHARACTERS), version: ETag };
    } catch (error) {
      if (isNoObject(error)) return undefined;
      throw translate(error, { shown, doing: `reading ${MARK}`, signal });
    }
  };
  const put = async (input: Partial<PutObjectCommandInput>, abortSignal: AbortSignal): Promise<string> => {
    const headers = { ContentType: 'application/json', CacheControl: 'no-store' };
    const { ETag = '' } = await client.send(new PutObjectCommand({ ...object, ...headers, ...input }), { abortSignal });
    return ETag;
  };
  /** Ceph compares what is in quotes with what is not, up to its 16th release at least. */
  let isBare = false;
  const conditionOf = (version: string | undefined): Partial<PutObjectCommandInput> => {
    if (version === undefined) return { IfNoneMatch: '*' };
    return { IfMatch: isBare ? version.replaceAll('"', '') : version };
  };
  const replace: MarkStore['replace'] = async (text, version, ending = signal) => {
    try {
      return await put({ Body: text, ...conditionOf(version) }, ending);
    } catch (error) {
      if (isUnknown(error)) return await put({ Body: text }, ending);
      if (!isOutdated(error)) throw translate(error, { shown, doing: `writing ${MARK}`, signal: ending });
      // An answer that was lost is asked for again, and finds what it has written itself.
      const mark = await read();
      if (mark?.text === text) return mark.version;
      if (mark === undefined || mark.version !== version || isBare) return undefined;
      isBare = true;
      return replace(text, version, ending);
    }
  };
  return { read, replace };
}
