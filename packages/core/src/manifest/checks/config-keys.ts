import { finding } from '../../findings/index.ts';
import { toSingleLine, truncate } from '../../text/index.ts';
import type { ManifestCheck } from './index.ts';

/** A configuration value is required or optional, not both. */
export const checkConfigKeys: ManifestCheck = ({ config }, source) => {
  const { required, optional } = (config ?? {}) as { required?: unknown; optional?: unknown };
  if (!Array.isArray(required) || !Array.isArray(optional)) return [];
  const twice = new Set<unknown>(required);
  return optional.flatMap((key: unknown, index) =>
    typeof key === 'string' && twice.has(key)
      ? [
          finding('CONFIG_KEY_TWICE', source.placeOf(['config', 'optional', index]), {
            key: toSingleLine(truncate(key, 80)),
          }),
        ]
      : [],
  );
};
