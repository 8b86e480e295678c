import { finding } from '../../findings/index.ts';
import { toSingleLine, truncate } from '../../text/index.ts';
import { isVersion } from '../../version/index.ts';
import type { ManifestCheck } from './index.ts';

/** The version is strict SemVer without build metadata: two versions that differ only there would be one file. */
export const checkVersion: ManifestCheck = ({ version }, source) => {
  if (typeof version !== 'string' || isVersion(version)) return [];
  return [
    finding('VERSION_INVALID', source.placeOf(['version']), { version: toSingleLine(truncate(version, 80)) || '“”' }),
  ];
};
