import { foldPath, showPath } from '../archive/index.ts';
import { finding, type Finding } from '../findings/index.ts';

export interface Collisions {
  /** Every path that is not alone. */
  readonly paths: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Paths that are one where letter case does not count: a checkout on such a system holds either, a pull request both. */
export function findPathCollisions(paths: Iterable<string>): Collisions {
  const groups = [...Map.groupBy(paths, foldPath).values()].filter((group) => group.length > 1);
  return {
    paths: new Set(groups.flat()),
    findings: groups.flatMap(([first = '', ...others]) =>
      others.map((path) =>
        finding('PATH_CASE_COLLISION', { file: path }, { path: showPath(path), other: showPath(first) }),
      ),
    ),
  };
}
