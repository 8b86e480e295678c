export { dependencyLockProblems } from './dependency-lock.ts';
export { planEnable, wantedPlugin, type EnablePlan } from './enable.ts';
export { describeGitUpdate, isAtCommit, type GitTarget } from './git-update.ts';
export { isGitSource, parseGitSource, type GitSource } from './git-source.ts';
export { EMPTY_LOCK, formatLockfile, parseLockfile, type LockEntry } from './lockfile.ts';
export {
  permissionsToGrant,
  planInstall,
  planRemove,
  toPlanned,
  type Candidate,
  type InstallPlan,
  type PlannedPlugin,
  type ProjectState,
} from './plan.ts';
export { editProjectFile, parseProjectFile, type WantedPlugin } from './project-file.ts';
export {
  integritiesIn,
  judgeEntry,
  PRUNE_MIN_AGE_MS,
  type KnownProject,
  type PruneVerdict,
  type StoredEntry,
} from './prune.ts';
export { parseSpec, type InstallSpec } from './spec.ts';
export { beyondOf, isOutdated, standingOf, type Installed, type Standing } from './standing.ts';
export {
  chooseUpdate,
  describeUpdate,
  planUpdate,
  updateTargets,
  type Updatable,
  type UpdateChange,
  type UpdateChoice,
  type UpdateTargets,
} from './update.ts';
