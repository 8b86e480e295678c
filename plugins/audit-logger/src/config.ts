/** How much of a message's content the log keeps. */
export type BodyMode = 'full' | 'hash' | 'none';

export interface AuditConfig {
  readonly fileName: string;
  readonly maxSizeBytes: number;
  /** The current file included. */
  readonly maxFiles: number;
  readonly body: BodyMode;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const BODY_MODES: readonly BodyMode[] = ['full', 'hash', 'none'];

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, if a value cannot be used
 */
export function parseConfig(config: Readonly<Record<string, unknown>>): AuditConfig {
  return {
    fileName: parseFileName(config['auditFile'] ?? 'audit.log'),
    maxSizeBytes: parseSize(config['auditMaxSize'] ?? '10M'),
    maxFiles: parseMaxFiles(config['auditMaxFiles'] ?? 10),
    body: parseBody(config['auditBody'] ?? 'full'),
  };
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

function parseMaxFiles(value: unknown): number {
  const count = Number(value);
  if (/^\d+$/.test(String(value)) && count >= 2 && count <= 1000) return count;
  throw new TypeError('AUDIT_MAX_FILES must be a whole number from 2 to 1000.');
}

function parseBody(value: unknown): BodyMode {
  const mode = BODY_MODES.find((each) => each === value);
  if (mode) return mode;
  throw new TypeError('AUDIT_BODY must be full, hash or none.');
}
