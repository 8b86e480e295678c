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
    const { branch, commit, files, distTags, pullRequest, steps, tarball } = submitted;
    return [
      [toned(manifest.name, 'name'), `@${manifest.version} `, ...VERDICTS[submitted.state]],
      ...steps.map((step) => [step]),
      ...files.map((file) => quiet(`  ${file}`)),
      ...fields([
        ...(pullRequest ? [['Pull request', pullRequest.url] as const] : []),
        ['Index', remote],
        ['Branch', branch],
        ...(commit === undefined ? [] : [['Commit', commit] as const]),
        ['Integrity', integrity],
        ...(tarball.startsWith('store:') ? [] : [['Archive', tarball] as const]),
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
  json: ({ manifest: { name, version }, integrity, submitted, remote }) => {
    const { branch, commit, files, state, steps, tarball, pullRequest } = submitted;
    return { name, version, integrity, tarball, remote, branch, commit, files, steps, state, pullRequest };
  },
};

const VERDICTS: Readonly<Record<Submitted['state'], readonly (string | Span)[]>> = {
  opened: ['is ', toned('submitted', 'good'), '. It is published once the pull request is merged.'],
  'already-open': ['was ', toned('submitted before', 'good'), ', with the same content. There is nothing to do.'],
  pushed: ['is ', toned('submitted', 'good'), '. It is published once the branch is merged.'],
  'already-pushed': ['was ', toned('submitted before', 'good'), ', with the same content. There is nothing to do.'],
  'dry-run': ['would be submitted. ', toned('Nothing was pushed.', 'warning')],
};

function tagsText(tags: NonNullable<Submitted['distTags']>): string {
  return Object.entries(tags)
    .map(([tag, version]) => `${tag} → ${version}`)
    .join(', ');
}
