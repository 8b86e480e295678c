import type { Timestamp } from '@ar-registry/schemas';
import { finding } from '../findings/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { AddedVersion, Change } from './change.ts';
import type { ChangeRule } from './rule.ts';

/** Clocks differ by minutes, not by more. */
const TOLERANCE_MS = 10 * 60 * 1000;

/** `publishedAt` is an instant that exists, not in the future, and not before what was published earlier. */
export const checkPublishedAt: ChangeRule = (change) =>
  change.added.flatMap((version) => {
    const problem = problemOf(version, change);
    return problem === undefined
      ? []
      : [finding('VERSION_TIME_INVALID', version.source.placeOf(['publishedAt']), { problem })];
  });

function problemOf({ name, record }: AddedVersion, { base, nowMs }: Change): string | undefined {
  const { publishedAt } = record;
  const atMs = toMs(publishedAt);
  if (Number.isNaN(atMs)) return `${publishedAt} is no day of the calendar`;
  if (atMs > nowMs + TOLERANCE_MS) return `${publishedAt} is in the future`;
  const earlier = pluginsByName(base.snapshot).get(name)?.versions ?? [];
  const last = earlier.map((version) => version.publishedAt).toSorted((a, b) => toMs(b) - toMs(a))[0];
  return last !== undefined && atMs < toMs(last)
    ? `${publishedAt} is before ${last}, when the last one was`
    : undefined;
}

/** NaN for 30 February, which `Date.parse` would take for 2 March. */
function toMs(instant: Timestamp): number {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) return ms;
  return new Date(ms).toISOString().slice(0, 19) === instant.slice(0, 19) ? ms : Number.NaN;
}
