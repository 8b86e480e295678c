export { makeReports, reportFile } from './run.ts';
