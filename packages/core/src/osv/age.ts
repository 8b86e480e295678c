import { toSingleLine } from '../text/index.ts';
import type { AdvisoryState } from './advisory-source.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_MAX_AGE_DAYS = 7;

/** Why a snapshot is no answer to what is known today, as a sentence; undefined where it is one. */
export function snapshotAgeProblem(
  { takenAt }: Pick<AdvisoryState, 'takenAt'>,
  { nowMs, maxAgeDays = DEFAULT_MAX_AGE_DAYS }: { readonly nowMs: number; readonly maxAgeDays?: number | undefined },
): string | undefined {
  const ageDays = (nowMs - Date.parse(takenAt)) / DAY_MS;
  const date = toSingleLine(takenAt).slice(0, 10);
  // One that is not of a time that was says nothing of its age; clocks may differ by a little.
  if (!(ageDays > -1)) return `The vulnerability snapshot says that it is of ${date}, which is no date that was.`;
  if (ageDays <= maxAgeDays) return undefined;
  return `The vulnerability snapshot is of ${date}, ${Math.floor(ageDays)} days ago; at most ${maxAgeDays} are allowed.`;
}
