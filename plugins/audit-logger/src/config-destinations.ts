/** The part of the configuration that says where lines are sent. No message shows a value: some are secrets. */
import type { DatadogConfig } from './ship/datadog.ts';
import type { S3Config } from './ship/s3.ts';

type Values = Readonly<Record<string, unknown>>;

/** @throws {TypeError} naming what is missing or cannot be used; undefined without a bucket */
export function parseS3(config: Values): S3Config | undefined {
  const bucket = textOf(config, 'auditS3Bucket');
  if (bucket === undefined) return undefined;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new TypeError('AUDIT_S3_BUCKET is no name of a bucket.');
  const sessionToken = textOf(config, 'awsSessionToken');
  return {
    bucket,
    prefix: parsePrefix(textOf(config, 'auditS3Prefix') ?? ''),
    endpoint: parseUrl(needed(config, 'auditS3Endpoint', 'AUDIT_S3_ENDPOINT'), 'AUDIT_S3_ENDPOINT'),
    region: needed(config, 'awsRegion', 'AWS_REGION'),
    accessKeyId: needed(config, 'awsAccessKeyId', 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed(config, 'awsSecretAccessKey', 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** @throws {TypeError} naming what is missing or cannot be used; undefined without a URL */
export function parseDatadog(config: Values): DatadogConfig | undefined {
  const value = textOf(config, 'auditDatadogUrl');
  if (value === undefined) return undefined;
  const url = new URL(parseUrl(value, 'AUDIT_DATADOG_URL'));
  // The key goes with every request.
  if (url.protocol !== 'https:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new TypeError('AUDIT_DATADOG_URL must begin with https.');
  return {
    url: url.href,
    apiKey: parseHeader(needed(config, 'ddApiKey', 'DD_API_KEY'), 'DD_API_KEY'),
    service: textOf(config, 'auditDatadogService') ?? 'agent-relay',
    tags: textOf(config, 'auditDatadogTags') ?? '',
  };
}

function parsePrefix(prefix: string): string {
  if (!/^(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]*$/.test(prefix) || prefix.length > 500)
    throw new TypeError(
      'AUDIT_S3_PREFIX must be of letters, digits, dots, hyphens and underscores, with slashes between.',
    );
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** Keys of an account do not stand in URLs: those are shown. */
function parseUrl(value: string, key: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href;
  throw new TypeError(`${key} must be a URL that begins with https, without a user or a password.`);
}

function parseHeader(value: string, key: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(value)) return value;
  throw new TypeError(`${key} has signs in it that no key has.`);
}

function needed(config: Values, name: string, key: string): string {
  const value = textOf(config, name);
  if (value !== undefined) return value;
  throw new TypeError(`${key} is missing.`);
}

/** An empty text, as an environment may hold it, is none. */
function textOf(config: Values, name: string): string | undefined {
  const value = config[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
