/** What libraries ask of `fs` and do not expect to be refused. The wall is the runtime's permission model, not this. */
import fs from 'node:fs';
import type { Denial } from '../bridge/protocol.ts';
import type { Refuse } from './refuse.ts';

/**
 * `existsSync` is documented to throw nothing, so nobody calls it in a `try`; under the permission model it throws where
 * a file may not be read. Here it answers what `exists` does, no, and the plugin's log is told.
 */
export function patchFiles(refuse: Refuse): void {
  const { existsSync } = fs;
  fs.existsSync = (path) => {
    try {
      return existsSync(path);
    } catch (error) {
      const { code, permission, resource } = error as Partial<Denial & { readonly code: string }>;
      if (code !== 'ERR_ACCESS_DENIED') throw error;
      // Made to be told of, not to be thrown.
      refuse({ permission: String(permission), resource: String(resource) });
      return false;
    }
  };
}
