export { build } from './run.ts';
export { BUILD_MANIFEST } from './output-folder.ts';
export { FILES_LOG, JOURNAL, addToFilesLog } from './staged-output.ts';
export { readReport } from './publish-reports.ts';
