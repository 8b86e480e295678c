/**
 * Which queries weights may be tuned on, and which they are tested with: a plugin is in one half or the other by a hash of
 * its name, so that no query of the one is about a plugin of the other.
 */
import { createHash } from 'node:crypto';

export const HALVES = ['tuning', 'held out'] as const;

export type Half = (typeof HALVES)[number];

export function halfOf(name: string): Half {
  const [first = 0] = createHash('sha256').update(name).digest();
  return first % 2 === 0 ? 'tuning' : 'held out';
}
