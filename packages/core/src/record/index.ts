export {
  firstDifference,
  parseCategoriesRecord,
  parsePluginRecord,
  parseRegistryRecord,
  parseScopeRecord,
  parseStatusRecord,
  parseVersionRecord,
  type ParsedRecord,
} from './parse.ts';
export { RESERVED_SCOPES, limitsOf } from './defaults.ts';
