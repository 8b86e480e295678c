import path from 'node:path';
import type { LockEntry } from '@ar-registry/core/install';
import { dataPaths } from '@ar-registry/core/layout';
import { hasCode, isArError, type ArError } from '@ar-registry/core/errors';
import { lockedUrl } from '@ar-registry/io/advisories';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { CheckedLog, InstalledVersion } from '@ar-registry/io/transparency';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** What came of asking the log of one registry. */
export type AskedLog = { readonly registry: string } & Answer;

type Answer =
  | CheckedLog
  | { readonly state: 'not-asked' }
  | { readonly state: 'unreachable'; readonly problem: string }
  /** What it says is not believed: it has expired, or is not what it should be. */
  | { readonly state: 'refused'; readonly error: ArError };

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/**
 * Asks the log of each registry that plugins are from: that it goes on from where it was seen last, and has what is
 * installed. A registry that cannot be reached, is not asked from here or is not believed is told of and proves nothing:
 * what was found of the files here counts all the same.
 */
export async function verifyLogs(
  locked: readonly Locked[],
  context: Pick<Context, 'registries' | 'projectDir' | 'dataDir' | 'globals' | 'signal'>,
): Promise<readonly AskedLog[]> {
  const groups = groupByRegistry(locked, await context.projectDir());
  if (groups.size === 0) return [];
  const clients = await context.registries();
  const asked: AskedLog[] = [];
  for (const [registry, versions] of groups) {
    const client = clients.find((one) => one.registryUrl === registry);
    asked.push({ registry, ...(await askOne({ client, registry, versions }, context)) });
  }
  return asked;
}

function groupByRegistry(locked: readonly Locked[], dir: string): ReadonlyMap<string, readonly InstalledVersion[]> {
  const groups = new Map<string, InstalledVersion[]>();
  for (const { name, entry } of locked) {
    if (entry.source !== 'registry') continue;
    const registry = lockedUrl(entry.registry, dir).replace(/\/+$/, '');
    const group = groups.get(registry) ?? [];
    group.push({ name, version: entry.version, integrity: entry.integrity });
    groups.set(registry, group);
  }
  return groups;
}

interface Question {
  readonly client: ApiClient | undefined;
  readonly registry: string;
  readonly versions: readonly InstalledVersion[];
}

async function askOne(
  { client, registry, versions }: Question,
  { dataDir, globals, signal }: Pick<Context, 'dataDir' | 'globals' | 'signal'>,
): Promise<Answer> {
  if (globals.offline || !client) return { state: 'not-asked' };
  const { checkLog, createSeenStore, readServedLog } = await import('@ar-registry/io/transparency');
  const seen = createSeenStore(path.join(dataDir, dataPaths.trust));
  const read = readServedLog(client, signal);
  try {
    return await checkLog({ registry, identity: await client.log(signal), read, versions }, seen);
  } catch (error) {
    if (isArError(error) && UNREACHABLE.some((code) => hasCode(error, code)))
      return { state: 'unreachable', problem: error.message };
    if (isArError(error) && error.exit === TRUST) return { state: 'refused', error };
    throw error;
  }
}

/** Exit code of every error about trust. */
const TRUST = 3;
const UNREACHABLE = ['REGISTRY_UNREACHABLE', 'REGISTRY_STATUS', 'REGISTRY_UNAUTHORIZED'] as const;
