/** Saying no in a way that helps: the error names the permission, and so does the plugin's log. */
import type { Denial } from '../bridge/protocol.ts';

/** In place of a permission, where none would allow it. */
export const NEVER = 'none: this cannot be granted';

/** Makes the error for something that is not allowed, and tells of it. */
export type Refuse = (denial: Denial) => Error;

/** @param report tells the daemon's process; told once for each thing, since code may try in a loop */
export function createRefuse(report: (denial: Denial) => void): Refuse {
  const told = new Set<string>();
  return ({ permission, resource }) => {
    const key = `${permission} ${resource}`;
    if (!told.has(key) && told.size < 1_000) {
      told.add(key);
      report({ permission, resource });
    }
    const allowing = permission === NEVER ? 'this cannot be granted' : `it needs the permission ${permission}`;
    const message = `${resource} is not allowed: ${allowing}`;
    return Object.assign(new Error(message), { code: 'ERR_ACCESS_DENIED', permission, resource });
  };
}

/** A function that only refuses. */
export function refusing(refuse: Refuse, denial: Denial): () => never {
  return () => {
    throw refuse(denial);
  };
}
