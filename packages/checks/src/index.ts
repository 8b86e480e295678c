export type { DependencyPackage } from './capabilities/capabilities-of.ts';
export {
  checkCapabilities,
  type CapabilitiesInput,
  type CheckedCapabilities,
  type FoundCapabilities,
} from './capabilities/check-capabilities.ts';
export { checkContents } from './contents/check-contents.ts';
export type { ContentsInput, ContentsPorts, ContentsReport } from './contents/input.ts';
export { code, prose } from './markdown/neutral.ts';
export { COMMENT_MARKER, presentMarkdown } from './markdown/present-markdown.ts';
export { buildReport, resultOf, type ReportInput } from './report/build-report.ts';
export { decide, type Decision } from './report/decide.ts';
export { labelsFor, SUBMISSION_LABELS, type SubmissionLabel } from './report/labels.ts';
export { toSarif } from './report/sarif.ts';
export { toCheck, type CheckOptions } from './report/to-check.ts';
