export {
  changeProject,
  createProjectReader,
  peekProject,
  readProject,
  type Project,
  type ProjectChange,
} from './project.ts';
export { findProject } from './find.ts';
export { knownProjects, rememberProject, unfinishedChanges, type UnfinishedChange } from './known.ts';
export { projectStateDir } from './state-dir.ts';
