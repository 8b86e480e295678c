export { build } from './run.ts';
export { FILES_LOG } from './staged-output.ts';
export { readReport } from './publish-reports.ts';
