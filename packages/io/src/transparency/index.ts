export { checkLog, type CheckedLog, type InstalledVersion, type ProvedVersion } from './check-log.ts';
export { sha256 } from './hash.ts';
export { readDecisions } from './history.ts';
export { isConsistent, proveInclusion } from './prove.ts';
export { readCheckpoint, readEntries, type ReadLogFile, type ServedLog } from './read-log.ts';
export { readServedLog } from './read-served.ts';
export { createSeenStore, type SeenStore } from './seen-store.ts';
