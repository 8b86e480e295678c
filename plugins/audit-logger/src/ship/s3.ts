/**
 * Batches as objects of an S3 bucket.
 *
 * The key of an object says which lines it holds, and its bytes are those of the lines: a batch that is sent again
 * replaces itself. In the order of their keys, the objects are the log, which `verify.js` reads.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PutObjectCommand, S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { type Batch, type Destination, parseRetryAfter, ShipError } from './destination.ts';

export interface S3Config {
  /** URL of the service; the bucket is a part of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** What keys begin with; empty, or ending in a slash. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const LIMITS = { maxLines: 10_000, maxBytes: 4 * 1024 ** 2 };

/** The SDK's own defaults. What is not given it looks for in the user's AWS files, which are none of this plugin's business. */
const SETTINGS = {
  authSchemePreference: [],
  defaultsMode: 'standard',
  disableClockSkewCorrection: false,
  disableS3ExpressSessionAuth: true,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  retryMode: 'standard',
  useArnRegion: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: 'agent-relay',
} satisfies S3ClientConfig;

/** @param now milliseconds since the epoch */
export function createS3Destination(config: S3Config, now: () => number): Destination {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = config;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    // One host, whatever the bucket is called: the one that was granted.
    forcePathStyle: true,
    // What fails is tried again from the log, which survives more than a process.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 30_000 },
    ...SETTINGS,
  });
  return {
    name: 's3',
    limits: LIMITS,
    async send(batch, abortSignal) {
      try {
        await client.send(await putOf(batch, config), { abortSignal });
      } catch (error) {
        throw toShipError(error, now());
      }
    },
    close: () => client.destroy(),
  };
}

async function putOf({ first, last, chain, lines }: Batch, { bucket, prefix }: S3Config): Promise<PutObjectCommand> {
  const body = await promisify(gzip)(Buffer.concat(lines.map(({ bytes }) => bytes)));
  return new PutObjectCommand({
    Bucket: bucket,
    Key: keyOf(prefix, { first, last, chain }),
    Body: body,
    ContentLength: body.length,
    // No content encoding: whoever downloads it gets the file that its name says.
    ContentType: 'application/gzip',
    Metadata: { 'audit-first': String(first), 'audit-last': String(last), 'audit-chain': chain },
  });
}

/** The end tells apart lines of the same numbers from two logs: a log that was begun anew replaces nothing. */
function keyOf(prefix: string, { first, last, chain }: Pick<Batch, 'first' | 'last' | 'chain'>): string {
  return `${prefix}${numberOf(first)}-${numberOf(last)}-${chain.slice(chain.indexOf(':') + 1).slice(0, 12)}.ndjson.gz`;
}

/** So that keys sort as the numbers do. */
function numberOf(seq: number): string {
  return String(seq).padStart(15, '0');
}

/** Texts of the service may name what is none of the log's business; its codes are enough to know what to do. */
function toShipError(error: unknown, nowMs: number): ShipError {
  if (error instanceof S3ServiceException) {
    const { httpStatusCode = 0 } = error.$metadata;
    const retryAfterMs = parseRetryAfter(error.$response?.headers['retry-after'], nowMs);
    return new ShipError(`the service answered ${httpStatusCode} (${error.name})`, { retryAfterMs, cause: error });
  }
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: unknown };
  return new ShipError(`no answer (${typeof code === 'string' ? code : name})`, { cause: error });
}
