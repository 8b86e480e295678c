import { finding } from '../findings/index.ts';
import { dependencyLockProblems } from '../install/index.ts';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE } from '../layout/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { asMap, type PackageRule } from './package-view.ts';

/** An archive with npm dependencies holds their lock. A folder gets it when it is packed. */
export const checkDependencyLock: PackageRule = ({ kind, manifest, files, nameOf }) => {
  const dependencies = Object.entries(asMap(manifest['dependencies'])).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  if (kind === 'folder' || dependencies.length === 0) return [];
  const text = files.get(DEPENDENCY_LOCK_FILE)?.text;
  if (text === undefined) {
    const problem = `it has dependencies, but no ${DEPENDENCY_LOCK_FILE}.`;
    return [finding('PACKAGE_REFUSED', { file: nameOf(MANIFEST_FILE) }, { problem })];
  }
  return dependencyLockProblems(parseJson(text), Object.fromEntries(dependencies)).map((problem) =>
    finding(
      'PACKAGE_REFUSED',
      { file: nameOf(DEPENDENCY_LOCK_FILE) },
      { problem: `${toSingleLine(truncate(problem, 300))}.` },
    ),
  );
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // is no lock, and is told so
  }
}
