/** Which plugins have other reports than were published: by the list that `reports` writes beside them. */
import type { PluginName } from '@ar-registry/schemas';
import { readReportList, readReportPart, type ReportPart } from '../../reports/index.ts';
import type { StateReports } from './root.ts';
import type { StateStore } from './store.ts';

export interface ChangedReports {
  readonly names: ReadonlySet<PluginName>;
  /** What to keep of the list then. */
  readonly parts: StateReports['parts'];
}

/**
 * @param folder of the reports; absolute
 * @returns undefined where nobody knows
 * @throws StateUnusable
 */
export async function changedReports(
  folder: string,
  before: StateReports['parts'],
  store: Pick<StateStore, 'read' | 'write'>,
): Promise<ChangedReports | undefined> {
  const list = await readReportList(folder);
  if (!list) return undefined;
  const known = new Map(before.map((part) => [part[0], part]));
  const names = new Set<PluginName>();
  const parts: (readonly [string, string, string])[] = [];
  for (const [part, digest] of list) {
    const old = known.get(part);
    if (old?.[1] === digest) {
      parts.push(old);
      continue;
    }
    const now = await readReportPart(folder, part, digest);
    if (!now) return undefined;
    for (const name of differing(old ? (store.read(old[2]) as ReportPart) : new Map(), now)) names.add(name);
    parts.push([part, digest, await store.write(now)]);
  }
  const left = before.filter(([part]) => !list.has(part)).map(([, , name]) => store.read(name) as ReportPart);
  return { names: new Set([...names, ...left.flatMap((part) => [...part.keys()])]), parts };
}

function differing(then: ReportPart, now: ReportPart): readonly PluginName[] {
  return [...new Set([...then.keys(), ...now.keys()])].filter((name) => then.get(name) !== now.get(name));
}
