/** Where the project is, apart from what reads and changes it: most commands need to know no more, and start sooner. */
export { findProject } from '../project/find.ts';
export { hasProjectFile } from './has-project-file.ts';
