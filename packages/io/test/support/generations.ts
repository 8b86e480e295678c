import { EMPTY_LOCK, formatLockfile, planInstall, type Candidate } from '@ar-registry/core/install';
import { grantAll } from '@ar-registry/core/permission';
import type { Project, ProjectChange } from '@ar-registry/io/project';

const NAME = '@acme/hello';

/** Both files of a project in generation `n`: the wish and the lock name the same version. */
export function generation(n: number): Required<ProjectChange> {
  const version = `1.0.${n}`;
  const { change } = planInstall({ wanted: { schemaVersion: 1, plugins: {} }, lock: EMPTY_LOCK, text: '' }, [
    {
      ...folderCandidate(NAME),
      wanted: { range: version },
      lock: { source: 'folder', version, type: 'hook', path: '.' },
    },
  ]);
  if (!change) throw new Error('a new plugin is a change');
  return change;
}

/** The generation of a project; -1 for an empty one. Throws where the two files are of different ones. */
export function generationOf({ wanted, lock }: Pick<Project, 'wanted' | 'lock'>): number {
  const range = wanted.plugins[NAME]?.range;
  const version = lock.plugins[NAME]?.version;
  if (range !== version) throw new Error(`wanted ${range}, but locked ${version}`);
  return version === undefined ? -1 : Number(version.split('.').at(-1));
}

/** A plugin in a folder that nobody looks at. */
export function folderCandidate(name: string): Candidate {
  return {
    name,
    wanted: { path: './x' },
    permissions: grantAll({}),
    lock: { source: 'folder', version: '1.0.0', type: 'hook', path: './x' },
  };
}

/** A lockfile that wants nothing. */
export const NO_LOCK = formatLockfile(EMPTY_LOCK);
