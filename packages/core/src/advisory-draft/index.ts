export { draftAdvisories, type Drafted, type DraftInput } from './draft.ts';
export type { ScannedPlugin, ScannedVersion } from './vulnerabilities.ts';
