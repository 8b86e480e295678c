import { parseDatadog, parseS3 } from './config-destinations.ts';
import { MASK_NAMES, type MaskName } from './masks.ts';
import type { RedactionConfig } from './redact.ts';
import type { DatadogConfig } from './ship/datadog.ts';
import type { S3Config } from './ship/s3.ts';

/** How much of a message's content the log keeps. */
export type BodyMode = 'full' | 'hash' | 'none';

export interface AuditConfig {
  readonly fileName: string;
  readonly maxSizeBytes: number;
  /** The current file included. */
  readonly maxFiles: number;
  readonly body: BodyMode;
  /** The key that seals the chain, then those that did before; none for a chain without a key. */
  readonly keys: readonly string[];
  /** Milliseconds within which a line is on the disk; 0 if before it is acknowledged. */
  readonly syncMs: number;
  readonly redaction: RedactionConfig;
  readonly s3?: S3Config;
  readonly datadog?: DatadogConfig;
  /** How long lines are gathered before they are sent. */
  readonly shipMs: number;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const MIN_KEY_CHARS = 32;
const MAX_LIST = 32;
const BODY_MODES: readonly BodyMode[] = ['full', 'hash', 'none'];

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, if a value cannot be used
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): AuditConfig {
  const s3 = parseS3(config);
  const datadog = parseDatadog(config);
  return {
    ...(s3 && { s3 }),
    ...(datadog && { datadog }),
    shipMs: parseWhole(config['auditShipSeconds'] ?? 10, ['AUDIT_SHIP_SECONDS', 1, 300]) * 1_000,
    fileName: parseFileName(config['auditFile'] ?? 'audit.log'),
    maxSizeBytes: parseSize(config['auditMaxSize'] ?? '10M'),
    maxFiles: parseWhole(config['auditMaxFiles'] ?? 10, ['AUDIT_MAX_FILES', 2, 1_000]),
    body: parseBody(config['auditBody'] ?? 'full'),
    keys: parseKeys(config['auditChainKey']),
    syncMs: parseWhole(config['auditSyncMs'] ?? 0, ['AUDIT_SYNC_MS', 0, 60_000]),
    redaction: {
      masks: parseList(config['auditRedact'], 'AUDIT_REDACT').map(parseMask),
      fields: parseList(config['auditRedactFields'], 'AUDIT_REDACT_FIELDS'),
      patterns: parseList(config['auditRedactPatterns'], 'AUDIT_REDACT_PATTERNS'),
    },
  };
}

/** @throws {TypeError} that does not show them, if they cannot be used */
export function parseKeys(value: unknown): readonly string[] {
  if (value === undefined || value === '') return [];
  const keys = typeof value === 'string' ? value.split(',') : [];
  if (keys.length > 0 && keys.every((key) => key.length >= MIN_KEY_CHARS)) return keys;
  throw new TypeError(
    `AUDIT_CHAIN_KEY must be a key of ${MIN_KEY_CHARS} characters or more, or several with commas between.`,
  );
}

/** A plain name: it may not lead out of the data directory, nor be hidden. */
function parseFileName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value)) return value;
  throw new TypeError('AUDIT_FILE must be a file name of letters, digits, dot, hyphen and underscore.');
}

function parseSize(value: unknown): number {
  const [, digits, unit = 'B'] = /^([1-9]\d{0,14})([BKMG]?)$/.exec(String(value)) ?? [];
  const bytes = Number(digits) * (UNIT_BYTES[unit || 'B'] ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes >= 1024) return bytes;
  throw new TypeError('AUDIT_MAX_SIZE must be a number of bytes, 1024 or more, or a number with the unit K, M or G.');
}

function parseBody(value: unknown): BodyMode {
  const mode = BODY_MODES.find((each) => each === value);
  if (mode) return mode;
  throw new TypeError('AUDIT_BODY must be full, hash or none.');
}

function parseWhole(value: unknown, [key, lowest, highest]: readonly [string, number, number]): number {
  const number = Number(value);
  if (/^\d+$/.test(String(value)) && number >= lowest && number <= highest) return number;
  throw new TypeError(`${key} must be a whole number from ${lowest} to ${highest}.`);
}

function parseMask(value: string): MaskName {
  const mask = MASK_NAMES.find((each) => each === value);
  if (mask) return mask;
  throw new TypeError(`AUDIT_REDACT must be of ${MASK_NAMES.join(', ')}.`);
}

/** A list, or a text with spaces between. */
function parseList(value: unknown, key: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/\s+/) : [];
  const texts = list.filter((each): each is string => typeof each === 'string' && each !== '');
  const isList =
    value === undefined || typeof value === 'string' || (Array.isArray(value) && texts.length === list.length);
  if (isList && texts.length <= MAX_LIST) return texts;
  throw new TypeError(`${key} must be a list of at most ${MAX_LIST} texts.`);
}
