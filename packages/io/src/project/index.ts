export { changeProject, projectStateDir, readProject, type Project, type ProjectChange } from './project.ts';
export { findProject } from './find.ts';
