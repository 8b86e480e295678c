import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { isVersion } from '@ar-registry/core/version';
import type { Version } from '@ar-registry/schemas';

/** An agent-relay that plugins can be loaded into. */
export interface RelayPackage {
  /** Absolute path of its folder. */
  readonly dir: string;
  readonly version: Version;
}

/**
 * Finds the agent-relay that Node would take from a folder, upwards.
 *
 * Its `package.json` is looked for instead of its entry: the entry of 1.x imports native code, and later versions do
 * not export their `package.json`.
 *
 * @throws AGENT_RELAY_MISSING, AGENT_RELAY_UNSUPPORTED
 */
export async function locateRelay(projectDir: string): Promise<RelayPackage> {
  const folders = createRequire(join(projectDir, 'resolve.js')).resolve.paths('agent-relay') ?? [];
  for (const folder of folders) {
    const dir = join(folder, 'agent-relay');
    const found = await readVersion(dir);
    if (found !== undefined) return { dir, version: checkVersion(found) };
  }
  throw new ArError('AGENT_RELAY_MISSING', { project: projectDir });
}

/** Any text that the package gives as its version; undefined if there is no package. */
async function readVersion(dir: string): Promise<string | undefined> {
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'without a version';
  } catch {
    return 'with a broken package.json';
  }
}

function checkVersion(found: string): Version {
  if (isVersion(found) && found.startsWith('1.')) return found;
  throw new ArError('AGENT_RELAY_UNSUPPORTED', { found: truncate(toSingleLine(found), 60) });
}
