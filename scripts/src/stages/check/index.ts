export { check, checkWithChange, type CheckInput, type CheckedChange, type CheckPorts } from './run.ts';
export { checkVersion, type VersionPorts } from './check-version.ts';
export { REPORT_FILE, readUntrusted, writeResultFiles } from './result-files.ts';
export type { ReadSource } from './source-outcome.ts';
