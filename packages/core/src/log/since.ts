const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DURATION = /(\d{1,6})(ms|s|m|h|d|w)/gy;
const INSTANT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/**
 * The moment that a person means by `10m`, `1h30m`, `2026-03-01` or `2026-03-01T09:30`. A time without a zone is the
 * machine's own.
 *
 * @param nowMs milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined for what is neither a duration nor a time
 */
export function parseSince(text: string, nowMs: number): number | undefined {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return nowMs - durationMs;
  if (!INSTANT.test(text)) return undefined;
  // A date alone would be read as UTC, unlike a date with a time.
  const ms = Date.parse(text.length === '2026-03-01'.length ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : ms;
}

function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(DURATION)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS], 0);
}
