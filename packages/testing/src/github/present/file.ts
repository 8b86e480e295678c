import type { ChangedFile } from '../git/diff.ts';
import type { Repository, State } from '../state.ts';
import { apiUrlOf, webUrlOf } from './repository.ts';

interface FileOf {
  readonly repository: Repository;
  /** The commit that has the file. */
  readonly sha: string;
  readonly file: ChangedFile;
}

/** `diff-entry` of the description. */
export function presentFile(state: State, { repository, sha, file }: FileOf): unknown {
  const name = file.path.split('/').map(encodeURIComponent).join('/');
  const web = webUrlOf(state, repository);
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${sha}/${name}`,
    raw_url: `${web}/raw/${sha}/${name}`,
    contents_url: `${apiUrlOf(state, repository)}/contents/${name}?ref=${sha}`,
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}
