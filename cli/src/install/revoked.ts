/** What registries know against the versions that a project has, and what a command makes of it. */
import { advisoriesAgainst, affectedText, revoked, type Advisory } from '@ar-registry/core/advisory';
import type { LockEntry } from '@ar-registry/core/install';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { createAdvisoryStore, lockedUrl } from '@ar-registry/io/advisories';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/** One plugin of a project, and what is known against its version; the gravest first. */
interface Against extends Locked {
  readonly advisories: readonly [Advisory, ...Advisory[]];
}

/** What was last heard of the registries that a lock names, without asking anybody. Those with nothing are left out. */
export async function knownAgainst(
  locked: readonly Locked[],
  project: string,
  { dataDir }: Pick<Context, 'dataDir'>,
): Promise<readonly Against[]> {
  const store = createAdvisoryStore(dataDir);
  const found = await Promise.all(
    locked.map(async ({ name, entry }): Promise<readonly Against[]> => {
      if (entry.source !== 'registry') return [];
      const kept = await store.read(lockedUrl(entry.registry, project));
      const [first, ...more] = kept.kind === 'kept' ? advisoriesAgainst(kept.list, name, entry.version) : [];
      return first ? [{ name, entry, advisories: [first, ...more] }] : [];
    }),
  );
  return found.flat();
}

/** @throws VERSION_REVOKED */
export function refuseRevoked(against: readonly Against[]): void {
  for (const { name, entry, advisories } of against) {
    const [gravest] = advisories;
    if (gravest.action !== 'warn') throw revoked(name, entry.version, gravest);
  }
}

/** `AR-2026-0001 (versions <1.1.0): … Use @acme/slack@1.1.0.` */
export function advisoryText(advisory: Advisory): string {
  const { id, reason, replacement } = advisory;
  const instead = replacement === undefined ? '' : ` Use ${replacement}.`;
  return `${id} (versions ${affectedText(advisory)}): ${toSingleLine(truncate(reason, 500))}${instead}`;
}

/** What the action means for a version, as one word. */
export function actionWord({ action }: Advisory): string {
  return action === 'warn' ? 'affected' : 'revoked';
}
