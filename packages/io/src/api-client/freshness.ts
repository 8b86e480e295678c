/**
 * Whether an answer that was kept may be used without asking.
 *
 * @source RFC 9111 §4.2 (freshness), §5.2.2.1 (max-age), §5.2.2.4 (no-cache)
 */
import type { KeptResponse } from './cache.ts';

/** What a registry may say; what is withdrawn must not be shown for longer. */
const LONGEST_SECONDS = 600;

/** @param header attacker-controlled: `Cache-Control` of an answer. @returns undefined where it must always be asked for */
export function maxAgeOf(header: string | undefined): number | undefined {
  if (header === undefined || /\bno-(?:cache|store)\b/i.test(header)) return undefined;
  const seconds = Number(/(?:^|[\s,])max-age=(\d{1,9})(?:[\s,]|$)/i.exec(header)?.[1] ?? 0);
  return seconds > 0 ? Math.min(seconds, LONGEST_SECONDS) : undefined;
}

/** An age below zero is that of a clock that was set back: nothing is known then. */
export function isFresh(kept: KeptResponse | undefined, nowMs: number): boolean {
  if (kept?.maxAgeSeconds === undefined) return false;
  const ageMs = nowMs - kept.checkedAtMs;
  return ageMs >= 0 && ageMs < Math.min(kept.maxAgeSeconds, LONGEST_SECONDS) * 1000;
}
