/** What a reviewer reads of drafts. Text of others in it is neutralised: it must stay text. */
import { code } from '@ar-registry/checks';
import { affectedText } from '@ar-registry/core/advisory';
import { DISMISSED_FILE } from '@ar-registry/core/layout';
import type { AdvisoriesDraftOutput, AdvisoryRecord } from '@ar-registry/schemas';

/** One draft, as it is told. */
export type DraftedRow = AdvisoriesDraftOutput['drafts'][number];

const MAX_ROWS = 200;

/** The drafts among records, in their order. */
export function draftedRows(records: readonly AdvisoryRecord[]): readonly DraftedRow[] {
  return records.flatMap((record) => {
    const [affected] = record.affected;
    const own = record.database_specific;
    if (!affected || own?.draft !== true) return [];
    const { id, action, summary: reason, modified } = record;
    const plugin = affected.package.name;
    const severity = own.severity === undefined ? 'unknown' : SEVERITIES[own.severity];
    const dependency = own.dependency?.name ?? '';
    const versions = affectedText({ id, plugin, affected, action, reason, modified });
    return { id, plugin, versions, severity, upstream: [...(record.upstream ?? [])], dependency };
  });
}

const SEVERITIES = { LOW: 'low', MODERATE: 'moderate', HIGH: 'high', CRITICAL: 'critical' } as const;

export const TITLE = 'Drafts of advisories: npm dependencies that became vulnerable';

export const BODY = `The scan has found plugins whose locked npm dependencies are vulnerable, as is known by now. For each there is a
draft of an advisory here; a comment below lists them. Nobody has looked yet whether a plugin uses what is vulnerable.

Decide on each, by changing the branch of this pull request:

- **It does**, or may: correct the text, the versions and the \`action\`, and delete the line \`draft: true\`.
- **It does not**: delete the file and add the vulnerability to \`${DISMISSED_FILE}\`, with the reason. It is not drafted again.

A draft is refused by the checks, so nothing here is published unread. While this is open, later scans add to it; what
was changed here stays. Closed without a decision, it is opened again with what is still undecided.
`;

/** Begins the one comment that is kept up to date. */
export const MARKER = '<!-- ar-registry advisories draft -->';

/** The list of what waits, in GitHub’s Markdown. */
export function presentWaiting(rows: readonly DraftedRow[]): string {
  const lines = rows
    .slice(0, MAX_ROWS)
    .map(({ id, plugin, versions, severity, upstream, dependency }) =>
      ['', code(id), code(plugin), code(versions, 100), severity, code(dependency), code(upstream[0] ?? '', 100), '']
        .join(' | ')
        .trim(),
    );
  const more = rows.length - lines.length;
  return [
    MARKER,
    rows.length === 0 ? 'Nothing here waits for a decision.' : `${rows.length} of them wait for a decision:`,
    '',
    ...(rows.length === 0
      ? []
      : [
          '| draft | plugin | versions | severity | through | known as |',
          '| --- | --- | --- | --- | --- | --- |',
          ...lines,
        ]),
    ...(more > 0 ? ['', `and ${more} more`] : []),
    '',
  ].join('\n');
}
