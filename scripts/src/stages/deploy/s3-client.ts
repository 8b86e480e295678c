/** Requests to a bucket, and what its answers mean. */
import { NoSuchKey, NotFound, S3Client, S3ServiceException, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ArError } from '@ar-registry/core/errors';

export interface Bucket {
  readonly name: string;
  /** With a slash at its end, or empty. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** A service that is busy says so for some seconds. */
const ATTEMPTS = 8;

/** Credentials are those of the environment, as for all programs of AWS. */
export function createClient({ endpoint, region }: Bucket): S3Client {
  const config: S3ClientConfig = {
    maxAttempts: ATTEMPTS,
    // To the region that the bucket is in, whatever was given.
    followRegionRedirects: true,
    // Sums in trailers are not known everywhere; what is put has its MD5 with it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Services at an endpoint of their own have no hosts for each bucket, and often no regions.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true, region: region ?? 'us-east-1' }),
    ...(region !== undefined && { region }),
  };
  return new S3Client(config);
}

/** What the service did, for {@link translate}. */
export interface Doing {
  readonly shown: string;
  /** Completes “while …”. */
  readonly doing: string;
  readonly signal: AbortSignal;
}

/** Its words may hold what it was asked with; status and name are enough. */
export function translate(error: unknown, { shown, doing, signal }: Doing): unknown {
  if (signal.aborted) return signal.reason;
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: unknown };
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 'no status') : undefined;
  const said = status === undefined ? `no answer (${typeof code === 'string' ? code : name})` : `${name} (${status})`;
  const refused = CREDENTIALS.has(name);
  const problem = `${said} while ${doing}`;
  return new ArError(refused ? 'DEPLOY_CREDENTIALS' : 'DEPLOY_FAILED', { place: shown, problem }, { cause: error });
}

/** @source https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and what the SDK calls having none */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

/** Whether it says that there is no such object. A bucket that is not there is something else. */
export function isNoObject(error: unknown): boolean {
  return error instanceof NoSuchKey || error instanceof NotFound;
}

/** Whether it says that something else is there than what the request was for. */
export function isOutdated(error: unknown): boolean {
  // 409: somebody else is writing it at this moment. 404: somebody took it away.
  return error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0);
}

/** Whether the service does not know what it was asked for. */
export function isUnknown(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501;
}
