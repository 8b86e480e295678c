export { YAML_LIMIT_BYTES, formatPath, kindOf, parseYaml, type KeyPath, type YamlFile, type YamlResult } from './document.ts';
export { frameOf } from './frame.ts';
export { fromSchemaErrors, quote, type KnownKeys } from './schema-findings.ts';
export { stringifyRecord } from './stringify.ts';
