export { measure, readStore, stagingFolder, type FoundEntry, type UnreadableEntry } from './entries.ts';
export { pruneStore, type Pruned } from './prune.ts';
export { checkResponses, responsesFolder } from './responses.ts';
export { verifyStore, type VerifiedEntry } from './verify.ts';
