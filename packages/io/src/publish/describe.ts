/** How a submission is told to those who read its pull request. Pure. */
import { toSingleLine } from '@ar-registry/core/text';
import type { Integrity, NormalizedManifest, Source, StatusRecord } from '@ar-registry/schemas';
import type { Proposal } from '../propose/index.ts';

interface Described {
  readonly manifest: Pick<NormalizedManifest, 'name' | 'version' | 'description' | 'license' | 'repository'>;
  readonly archive: { readonly integrity: Integrity; readonly size: number };
  readonly source?: Source | undefined;
}

/** Title, body and commit message. What the author wrote is put where Markdown does not read it. */
export function describeSubmission(
  { manifest, archive, source }: Described,
  distTags: StatusRecord['distTags'] = {},
): Pick<Proposal, 'title' | 'body' | 'message'> {
  const title = `Publish ${manifest.name} ${manifest.version}`;
  const rows = [
    ['Plugin', manifest.name],
    ['Version', manifest.version],
    ['Description', manifest.description],
    ['Licence', manifest.license],
    ['Repository', manifest.repository.url],
    ['Source', source === undefined ? undefined : `${source.url} at ${source.commit}`],
    ['Archive', `${archive.size} bytes, ${archive.integrity}`],
    [
      'Tags',
      Object.entries(distTags)
        .map(([tag, version]) => `${tag} → ${version}`)
        .join(', ') || undefined,
    ],
  ] as const;
  const lines = rows.flatMap(([label, text]) => (text === undefined ? [] : [`| ${label} | ${code(text)} |`]));
  const body = ['| | |', '| --- | --- |', ...lines, '', CLOSING, ''].join('\n');
  return { title, body, message: `${title}\n` };
}

const CLOSING =
  'Submitted by `ar plugin publish`. The checks of the registry report here; nothing has to be filled in by hand.';

/** A code span holds no Markdown, no mention and no link; a bar would end the cell, a backtick the span. */
function code(text: string): string {
  return `\`${toSingleLine(text).replaceAll('`', 'ˋ').replaceAll('|', '¦')}\``;
}
