import type { Finding } from '../findings/index.ts';

/**
 * Of the findings in the head those that the base did not have: an entry that was broken before must not stop
 * everybody else’s submissions.
 */
export function introduced(head: readonly Finding[], base: readonly Finding[]): readonly Finding[] {
  const known = new Set(base.map(keyOf));
  return head.filter((found) => !known.has(keyOf(found)));
}

/** Without the line: what stands above an old fault may have moved it. */
function keyOf({ code, facts, at }: Finding): string {
  return JSON.stringify([code, at.file, at.path ?? '', facts]);
}
