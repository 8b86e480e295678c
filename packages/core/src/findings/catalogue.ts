import { CHECK_FINDINGS, type CheckFacts } from './checks.ts';
import type { FindingEntries } from './entry.ts';
import { INDEX_FINDINGS, type IndexFacts } from './index-records.ts';
import { MANIFEST_FINDINGS, type ManifestFacts } from './manifest.ts';
import { PACKAGE_FINDINGS, type PackageFacts } from './package.ts';
import { REVIEW_FINDINGS, type ReviewFacts } from './reviews.ts';
import { SCAN_FINDINGS, type ScanFacts } from './scan.ts';
import { SOURCE_FINDINGS, type SourceFacts } from './source.ts';
import { YAML_FINDINGS, type YamlFacts } from './yaml.ts';

/** Code → the facts its text needs. Codes are public: added, never renamed. */
export interface FindingFacts
  extends YamlFacts, ManifestFacts, PackageFacts, IndexFacts, ReviewFacts, ScanFacts, SourceFacts, CheckFacts {}

export type FindingCode = keyof FindingFacts;

export const FINDINGS: FindingEntries<FindingFacts> = {
  ...YAML_FINDINGS,
  ...MANIFEST_FINDINGS,
  ...PACKAGE_FINDINGS,
  ...INDEX_FINDINGS,
  ...REVIEW_FINDINGS,
  ...SCAN_FINDINGS,
  ...CHECK_FINDINGS,
  ...SOURCE_FINDINGS,
};
