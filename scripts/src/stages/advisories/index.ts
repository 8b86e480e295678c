export { draftedRows, MARKER, type DraftedRow } from './present.ts';
export { draftAdvisories, type DraftOutcome, type DraftTarget } from './run.ts';
