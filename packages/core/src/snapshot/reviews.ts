import type { PluginName, ReviewRecord } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { parseIndexPath } from '../layout/index.ts';
import { isPluginName } from '../name/index.ts';
import { parseReviewRecord } from '../record/index.ts';
import { reviewTextProblem } from '../reviews/text.ts';
import type { IndexFiles } from './snapshot.ts';

/** What was said of each plugin, by path. What is broken is left out and reported, and takes nothing from the others. */
export function reviewsIn(files: IndexFiles, findings: Finding[]): ReadonlyMap<PluginName, readonly ReviewRecord[]> {
  const reviews = new Map<PluginName, ReviewRecord[]>();
  for (const path of [...files.keys()].toSorted()) {
    const place = parseIndexPath(path);
    if (place.kind !== 'review' || !isPluginName(place.plugin)) continue;
    const parsed = parseReviewRecord(files.get(path) ?? '', path);
    findings.push(...parsed.findings);
    if (!parsed.ok) continue;
    const problem = problemOf(parsed.record);
    if (problem === undefined) reviews.set(place.plugin, [...(reviews.get(place.plugin) ?? []), parsed.record]);
    else findings.push(finding('REVIEW_TEXT_REFUSED', parsed.source.placeOf(['text']), { problem }));
  }
  return reviews;
}

function problemOf({ text, removed }: ReviewRecord): string | undefined {
  if (text === undefined) return undefined;
  return removed === undefined ? reviewTextProblem(text) : 'the review was removed, and its text goes with it';
}
