/** Arguments of calls and notes, which come from code that may be hostile. Each throws a ProtocolError for what is none. */
import { ProtocolError } from '../bridge/frames.ts';

export function number(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new ProtocolError('an argument is not a whole number');
  return value as number;
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new ProtocolError('an argument is not a text');
  return value;
}

export function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : text(value);
}

export function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ProtocolError('an argument is not a list');
  return value;
}

export function record(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new ProtocolError('an argument is not an object');
  return value as Record<string, unknown>;
}

export function oneOf<const T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find((one) => one === value);
  if (found === undefined) throw new ProtocolError('an argument is not one of those that may be given');
  return found;
}
