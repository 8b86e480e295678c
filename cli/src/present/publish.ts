import type { Submitted } from '@ar-registry/io/publish';
import type { Integrity, NormalizedManifest, Source } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { fields } from './table.ts';
import { quiet, type Span, toned } from './text.ts';

interface Outcome {
  readonly manifest: NormalizedManifest;
  readonly integrity: Integrity;
  readonly source: Source | undefined;
  readonly submitted: Submitted;
  readonly remote: string;
}

export const presentPublish: Presenter<Outcome> = {
  text: ({ manifest, integrity, source, submitted, remote }) => {
    const { branch, commit, files, distTags } = submitted;
    return [
      [toned(manifest.name, 'name'), `@${manifest.version} `, ...VERDICTS[submitted.state]],
      ...files.map((file) => quiet(`  ${file}`)),
      ...fields([
        ['Index', remote],
        ['Branch', branch],
        ['Commit', commit],
        ['Integrity', integrity],
        [
          'Source',
          source === undefined
            ? 'not recorded: the folder is no clean checkout with a remote'
            : `${source.url} at ${source.commit}`,
        ],
        ...(distTags === undefined ? [] : [['Tags', tagsText(distTags)] as const]),
      ]),
    ];
  },
  json: ({ manifest: { name, version }, integrity, submitted: { branch, commit, files, state }, remote }) => ({
    name,
    version,
    integrity,
    remote,
    branch,
    commit,
    files,
    state,
  }),
};

const VERDICTS: Readonly<Record<Submitted['state'], readonly (string | Span)[]>> = {
  pushed: ['is ', toned('submitted', 'good'), '. It is published once the branch is merged.'],
  'already-pushed': ['was ', toned('submitted before', 'good'), ', with the same content. There is nothing to do.'],
  'dry-run': ['would be submitted. ', toned('Nothing was pushed.', 'warning')],
};

function tagsText(tags: NonNullable<Submitted['distTags']>): string {
  return Object.entries(tags)
    .map(([tag, version]) => `${tag} → ${version}`)
    .join(', ');
}
