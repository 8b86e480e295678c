import type { Delivery } from './deliver.ts';

/** More has no place in a queue. */
export const MAX_BODY_CHARS = 16 * 1024 ** 2;

/** Whether a line of a file holds a message: it becomes headers and a body. */
export function isDelivery(value: unknown): value is Delivery {
  if (typeof value !== 'object' || value === null) return false;
  const { id, body, contentType } = value as Readonly<Record<string, unknown>>;
  return isHeader(id) && typeof body === 'string' && body.length <= MAX_BODY_CHARS && isHeader(contentType);
}

function isHeader(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);
}
