export { formatPath, kindOf, type KeyPath } from './describe.ts';
export { MAX_FINDINGS, YAML_LIMIT_BYTES, parseYaml, type YamlFile, type YamlResult } from './document.ts';
export { frameOf } from './frame.ts';
export { formatPlainYaml } from './plain.ts';
export { fromSchemaErrors, quote, type KnownKeys } from './schema-findings.ts';
export { stringifyRecord } from './stringify.ts';
