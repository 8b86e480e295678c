import type { StatusRecord } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { toSingleLine } from '../text/index.ts';

const LONGEST = 500;

/**
 * A reason or message as records hold it: one line, without control characters, 1 to 500 characters.
 *
 * @param what how it is called in errors
 * @throws REASON_INVALID
 */
export function cleanReason(text: string, what: 'message' | 'reason'): string {
  const clean = toSingleLine(text);
  if (clean === '') throw new ArError('REASON_INVALID', { what, problem: 'is empty' });
  if (clean.length > LONGEST)
    throw new ArError('REASON_INVALID', { what, problem: `has ${clean.length} characters; ${LONGEST} are the limit` });
  return clean;
}

type Reasons = Readonly<Record<string, string>>;

/** The record with these reasons; without the key where there are none, since an empty map is only noise. */
export function withReasons(status: StatusRecord, key: 'deprecated' | 'yanked', reasons: Reasons): StatusRecord {
  if (Object.keys(reasons).length > 0) return { ...status, [key]: reasons };
  const { [key]: _before, ...rest } = status;
  return rest;
}
