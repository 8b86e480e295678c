import { finding } from '../../findings/index.ts';
import { toSingleLine, truncate } from '../../text/index.ts';
import { isRange } from '../../version/index.ts';
import type { ManifestCheck } from './index.ts';

/** Dependencies are npm ranges: what git, file or http specs fetch is not pinned by anything. */
export const checkDependencies: ManifestCheck = (manifest, source) =>
  ['dependencies', 'peerDependencies'].flatMap((group) => {
    const map = manifest[group];
    if (map === null || typeof map !== 'object' || Array.isArray(map)) return [];
    return Object.entries(map as Record<string, unknown>)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !isRange(entry[1]))
      .map(([dependency, range]) =>
        finding('DEPENDENCY_RANGE_INVALID', source.placeOf([group, dependency]), {
          dependency: toSingleLine(truncate(dependency, 80)),
          range: toSingleLine(truncate(range, 80)) || '“”',
        }),
      );
  });
