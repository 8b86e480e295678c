/** Entries of the log as bytes: one form for each, so that whoever derives it again gets the same hash. */
import type { LogEntry } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/trust/log-entry';
import { toHex } from './note.ts';
import type { Sha256 } from './merkle.ts';

/** @source RFC 8785 (JSON Canonicalization Scheme), for what an entry holds: text, whole numbers, lists, objects */
export function entryBytes(entry: LogEntry): Uint8Array {
  return new TextEncoder().encode(canonicalJson(entry));
}

/** The entry that bytes are; undefined for bytes that are none, or have another form. Attacker-controlled. */
export function parseEntry(bytes: Uint8Array): LogEntry | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const result = validator(JSON.parse(text));
    return result.ok && canonicalJson(result.value) === text ? result.value : undefined;
  } catch {
    return undefined; // no UTF-8, or no JSON: either way no entry
  }
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 of a record, as entries have it. */
export function recordHash(text: Uint8Array, sha256: Sha256): string {
  return toHex(sha256(text));
}
