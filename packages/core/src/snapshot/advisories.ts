import type { AdvisoryRecord } from '@ar-registry/schemas';
import { inOrder, type AdvisoryEvents } from '../advisory/index.ts';
import { finding, type Finding } from '../findings/index.ts';
import { parseIndexPath } from '../layout/index.ts';
import { parseAdvisoryRecord } from '../record/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import type { YamlFile } from '../yaml/index.ts';
import type { IndexFiles } from './snapshot.ts';

/**
 * The advisories of an index, by id. One that is broken is left out and reported.
 *
 * One about a plugin or versions that are gone stays: what is not published any more may still be installed.
 */
export function advisoriesIn(files: IndexFiles, findings: Finding[]): readonly AdvisoryRecord[] {
  const advisories: AdvisoryRecord[] = [];
  for (const path of [...files.keys()].toSorted()) {
    const place = parseIndexPath(path);
    if (place.kind !== 'advisory') continue;
    const parsed = parseAdvisoryRecord(files.get(path) ?? '', path);
    const found = parsed.ok ? problemsOf(parsed.record, place.id, parsed.source) : parsed.findings;
    findings.push(...found);
    if (parsed.ok && found.length === 0) advisories.push(parsed.record);
  }
  return advisories;
}

/** What a schema cannot say. */
function problemsOf(
  { id, affected, database_specific: own }: AdvisoryRecord,
  fromPath: string,
  source: YamlFile,
): readonly Finding[] {
  if (id !== fromPath) {
    const expected = toSingleLine(truncate(fromPath, 80));
    return [finding('RECORD_MISPLACED', source.placeOf(['id']), { expected, found: id })];
  }
  // Nobody is warned of anything by a machine alone.
  if (own?.draft) return [finding('ADVISORY_DRAFT', source.placeOf(['database_specific', 'draft']), { id })];
  return affected.flatMap(({ ranges = [], versions = [] }, index) => {
    const at = (key: string): ReturnType<YamlFile['placeOf']> => source.placeOf(['affected', index, key]);
    if (ranges.length + versions.length === 0)
      return [
        finding('MISSING_KEY', at('package'), { key: `affected[${index}].ranges`, expected: 'ranges, or versions' }),
      ];
    const problem = ranges.map(({ events }) => rangeProblem(events)).find((found) => found !== undefined);
    return problem ? [finding('INVALID_VALUE', at('ranges'), { key: `affected[${index}].ranges`, ...problem })] : [];
  });
}

/** @source OSV schema 1.7, affected[].ranges[].events */
function rangeProblem(events: AdvisoryEvents): { readonly value: string; readonly expected: string } | undefined {
  const has = (kind: keyof AdvisoryEvents[number]): boolean => events.some((event) => event[kind] !== undefined);
  if (!has('introduced'))
    return { value: 'A range without a beginning', expected: '`introduced: "0"` for all versions up to its end' };
  if (has('fixed') && has('last_affected'))
    return { value: 'A range with both `fixed` and `last_affected`', expected: 'a range of its own for each' };
  // Everything after the beginning would be affected for ever, which is hardly what somebody means who names an end.
  if (inOrder(events)[0]?.introduced === undefined)
    return { value: 'A range that ends before it begins', expected: 'an `introduced` below each end' };
  return undefined;
}
