export { dependencyLockProblems } from './dependency-lock.ts';
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
export { parseSpec, type InstallSpec } from './spec.ts';
