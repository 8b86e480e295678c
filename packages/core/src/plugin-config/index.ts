export {
  createConfigCheck,
  parseConfigSchema,
  type ConfigCheck,
  type ConfigCheckOptions,
  type ConfigProblem,
} from './check.ts';
export {
  configKey,
  configuredValue,
  parseConfigValue,
  planConfig,
  secretError,
  type ConfigDescription,
  type ConfigEdits,
  type ConfigPlan,
} from './edit.ts';
export {
  configKeysOf,
  describeType,
  findConfigKey,
  holdsCredentials,
  maskValue,
  printed,
  type ConfigKey,
  type ConfigSchemaObject,
} from './keys.ts';
