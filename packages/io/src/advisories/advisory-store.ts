/**
 * The last advisories of each registry, as the CLI verified them: what is known where nobody can be asked.
 *
 * Not in the cache of answers, which forgets what was not used for a while, and which the loader may not read: a
 * revocation holds until the registry takes it back.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { isArError } from '@ar-registry/core/errors';
import { dataPaths } from '@ar-registry/core/layout';
import type { AdvisoriesDocument, KeptAdvisories } from '@ar-registry/schemas';
import { readTextIfExists, writeAtomically } from '../files/index.ts';

type Kept =
  | { readonly kind: 'kept'; readonly list: AdvisoriesDocument['advisories'] }
  /** Nobody asked that registry from here. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly file: string };

export interface AdvisoryStore {
  /** Never throws: whoever reads has something better to do than to fail for it. */
  read(registryUrl: string): Promise<Kept>;
  /** Writes only what is not there already. Where that fails, what is known is known to this process alone. */
  keep(registryUrl: string, list: AdvisoriesDocument): Promise<void>;
}

/** @param dataDir agent-relay's data folder; absolute */
export function createAdvisoryStore(dataDir: string): AdvisoryStore {
  const fileOf = (url: string): string => path.join(dataDir, dataPaths.advisories, nameOf(url));
  return {
    read: (url) => readKept(fileOf(url), url),
    keep: async (registry, list) => {
      const file = fileOf(registry);
      const text = `${JSON.stringify({ schemaVersion: 1, registry, list } satisfies KeptAdvisories)}\n`;
      try {
        if ((await readTextIfExists(file)) !== text) await writeAtomically(file, text);
      } catch (error) {
        if (!isArError(error)) throw error;
      }
    },
  };
}

async function readKept(file: string, registry: string): Promise<Kept> {
  try {
    const text = await readTextIfExists(file);
    if (text === undefined) return { kind: 'missing' };
    const { validator } = await import('@ar-registry/schemas/validators/kept-advisories');
    const result = validator(JSON.parse(text));
    if (result.ok && result.value.registry === registry) return { kind: 'kept', list: result.value.list.advisories };
  } catch (error) {
    if (!isArError(error) && !(error instanceof SyntaxError)) throw error;
  }
  return { kind: 'unreadable', file };
}

/** The address, where a file may be named so, and else a hash of it. */
function nameOf(url: string): string {
  const name = encodeURIComponent(url).replaceAll('*', '%2A');
  return `${name.length <= 200 ? name : createHash('sha256').update(url).digest('hex')}.json`;
}
