export { FINDINGS, type FindingCode, type FindingFacts } from './catalogue.ts';
export { SCAN_FINDINGS } from './scan.ts';
export type { FindingEntry } from './entry.ts';
export { finding, isError, severityOf, sortFindings, toFindingDocument, type Finding, type Place } from './finding.ts';
