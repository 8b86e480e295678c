import { hash } from 'node:crypto';

/** Of all that a page is made of: another one, and the page is rendered again. */
export function keyOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url').slice(0, 22);
}
