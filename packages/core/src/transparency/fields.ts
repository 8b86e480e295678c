/** Single fields of a record of any time: read if they are there, and never judged. */
import { parseYaml } from '../yaml/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** As large as records may be anywhere. */
const LIMIT_BYTES = 1024 * 1024;

/** The record as plain data; undefined for what is none. @param text attacker-controlled */
export function readFields(text: string): Fields | undefined {
  const parsed = parseYaml(text, 'record', LIMIT_BYTES);
  return parsed.ok && isMap(parsed.file.value) ? parsed.file.value : undefined;
}

/** A text at this path, at most `limit` of it. */
export function textAt(fields: Fields, path: readonly string[], limit: number): string | undefined {
  const value = valueAt(fields, path);
  return typeof value === 'string' ? value.slice(0, limit) : undefined;
}

/** The texts of a map, by key. */
export function mapAt(fields: Fields, key: string): ReadonlyMap<string, string> {
  const value = valueAt(fields, [key]);
  const entries = isMap(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text.slice(0, 300)]] : [])));
}

/** Accounts of a list, at most 50 of them. */
export function accountsAt(fields: Fields, path: readonly string[]): readonly { login?: string; id?: number }[] {
  const value = valueAt(fields, path);
  if (!Array.isArray(value)) return [];
  return value.slice(0, 50).map((account: unknown) => {
    const { login, id } = isMap(account) ? account : {};
    return {
      ...(typeof login === 'string' ? { login: login.slice(0, 300) } : {}),
      ...(typeof id === 'number' && Number.isSafeInteger(id) ? { id } : {}),
    };
  });
}

function valueAt(fields: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return fields;
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, key)) return undefined;
  return valueAt((fields as Fields)[key], rest);
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
