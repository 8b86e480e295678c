export { DEFAULT_SCAN_LIMITS, scanPackage, type ScanInput, type ScanLimits, type ScanReport } from './scan-package.ts';
export type { ScanFinding } from './report/finding.ts';
