/** What an error says: whether the same statement may work a little later, and whom it concerns. */

/**
 * Codes that say nothing of the statement: the connection, a server that starts, ends, takes no writes or has no place,
 * two that waited for each other.
 */
const PASSING = /^(?:08(?!P01|004)|57P|53|25006|40001|40P01)/;
/** A pooler's words both for an address that can never work and for a server that is away behind it. */
const UNCLEAR = new Set(['08P01', '08004']);
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The driver's own errors have no code. */
const UNCODED =
  /^(?:Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/;

/**
 * Whether the same statement may work a little later.
 *
 * @param proven whether this address has worked before: then what is unclear passes as well
 */
export function isPassing(error: unknown, proven: boolean): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === undefined) return UNCODED.test(error.message);
  // A socket in the file system is not there while the server is away.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect';
  return PASSING.test(code) || SYSTEM.has(code) || (proven && UNCLEAR.has(code));
}

/** Whether the server gave no answer in time: nobody knows whether the statement was carried out. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === undefined && error.message === 'Query read timeout';
}

/** Whether all places of the pool were taken: it says nothing of the database. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** Whether each message would fail like this one: a table that is not there, a right that is missing. */
export function concernsAll(error: unknown): boolean {
  return !(error instanceof Error) || !/^(?:2[1-3]|54|P0|XX)/.test(codeOf(error) ?? '');
}

/** Never the address: it holds the password. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const message = error.message || (error instanceof AggregateError ? String(error.errors[0]) : error.name);
  const code = codeOf(error);
  return code === undefined ? message : `${message} (${code})`;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
