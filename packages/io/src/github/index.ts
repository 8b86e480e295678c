export type { GitHubOptions } from './calls.ts';
export { createGitHub } from './create.ts';
export { deviceLogin, type DeviceCode, type DeviceLoginOptions } from './device-login.ts';
export { gitHubPlaces, type GitHubPlaces } from './places.ts';
export type {
  Artifact,
  Asset,
  AssetDownloads,
  CheckRun,
  CommitFacts,
  GitHub,
  GitHubRepository,
  LabelSpec,
  NewCommit,
  NewPull,
  PullFile,
  PullQuery,
  PullRequest,
  Release,
  RepositoryFacts,
  RepositoryName,
} from './types.ts';
