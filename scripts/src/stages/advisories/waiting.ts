import { parseIndexPath, DISMISSED_FILE } from '@ar-registry/core/layout';
import { parseAdvisoryRecord, parseDismissedRecord } from '@ar-registry/core/record';
import type { EarlierBranch } from '@ar-registry/io/propose';
import type { AdvisoryRecord, DismissedRecord } from '@ar-registry/schemas';

/** What lies on the branch of drafts. Whoever may push there wrote it: reviewers correct drafts, and decide on them. */
export interface Waiting {
  readonly advisories: readonly AdvisoryRecord[];
  readonly dismissed: DismissedRecord['dismissed'];
}

/** @param prefix where the index lies in the repository. What is broken on the branch is passed over: its checks say so. */
export async function readWaiting(branch: EarlierBranch | undefined, prefix: string): Promise<Waiting> {
  if (!branch) return { advisories: [], dismissed: [] };
  const advisories: AdvisoryRecord[] = [];
  for (const path of (await branch.list(`${prefix}advisories`)).toSorted()) {
    const place = parseIndexPath(path.slice(prefix.length));
    const text = place.kind === 'advisory' ? await readText(branch, path) : undefined;
    const parsed = text === undefined ? undefined : parseAdvisoryRecord(text, path);
    if (parsed?.ok) advisories.push(parsed.record);
  }
  const text = await readText(branch, `${prefix}${DISMISSED_FILE}`);
  const parsed = text === undefined ? undefined : parseDismissedRecord(text, DISMISSED_FILE);
  return { advisories, dismissed: parsed?.ok ? parsed.record.dismissed : [] };
}

async function readText(branch: EarlierBranch, path: string): Promise<string | undefined> {
  const bytes = await branch.read(path);
  return bytes && new TextDecoder().decode(bytes);
}
