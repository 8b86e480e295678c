export { gitHubPlaces, type GitHubPlaces } from '../github/places.ts';
export type { CommitReader, IndexState } from './index-state.ts';
export { openIndex, type OpenIndexOptions } from './open-index.ts';
export { parseGitHubRemote } from './remote.ts';
export type {
  EarlierBranch,
  IndexTarget,
  Proposal,
  ProposedFiles,
  ProposeOptions,
  Proposed,
  PullRequestLink,
} from './types.ts';
