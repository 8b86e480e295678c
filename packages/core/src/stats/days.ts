/** Days are UTC and texts such as `2026-11-20`, which sort as they follow each other. */

const DAY_MS = 86_400_000;

/** Logs may be this late: CloudFront's come within a day. */
export const DEFAULT_DELAY_HOURS = 24;

/** The day of an instant. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** @param count negative for days before. */
export function addDays(day: string, count: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS);
}

/** The last day that is final: over for `delayHours`, so that all of its logs are there. */
export function lastFinalDay(nowMs: number, delayHours: number): string {
  return addDays(dayOf(nowMs - delayHours * 3_600_000), -1);
}

/** How many days the one is before the other; of days after it less than 0. */
export function ageOf(day: string, through: string): number {
  return Math.round((Date.parse(through) - Date.parse(day)) / DAY_MS);
}

/** `2026-11` */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}
