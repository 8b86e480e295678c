export { build } from './run.ts';
export { readReport } from './publish-reports.ts';
