/** Types of every file and response of the registry. Validators live in `@ar-registry/schemas/validators/<schema>`. */
export type * from './generated/types.ts';
export type { SchemaError, Validation, Validator } from './validator.ts';
export { MANIFEST_KEYS, MANIFEST_KEYS_BY_TYPE } from './generated/manifest-keys.ts';
