export { firstDifference } from './difference.ts';
export {
  parseAdvisoryRecord,
  parseCategoriesRecord,
  parseDependenciesRecord,
  parseDismissedRecord,
  parsePluginRecord,
  parseRegistryRecord,
  parseReviewRecord,
  parseScopeRecord,
  parseVerificationRecord,
  parseStatusRecord,
  parseVersionRecord,
  type ParsedRecord,
} from './parse.ts';
export { RESERVED_SCOPES, limitsOf } from './defaults.ts';
