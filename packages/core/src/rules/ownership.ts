import type { Account, PluginName } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { isPluginName, splitName } from '../name/index.ts';
import { isKnownPlugin, newScopes, pluginRecordOf, showAccount, type Change } from './change.ts';
import type { ChangeRule } from './rule.ts';

/**
 * Who changes a plugin owns it, and who adds one or changes a scope owns the scope, by numeric id: as the base says,
 * and only for a scope that is new as the change says, which a person then reviews.
 */
export const checkOwnership: ChangeRule = (change) => [
  ...change.plugins.flatMap((name) => strangers(change, ownersOf(change, name), name)),
  ...change.records.flatMap(({ path, place }) =>
    place.kind === 'scope' ? strangers(change, scopeOwners(change, place.scope), `@${place.scope}`, path) : [],
  ),
];

interface Owned {
  readonly owners: readonly Account[];
  readonly of: string;
}

function ownersOf(change: Change, name: PluginName): Owned | undefined {
  if (isKnownPlugin(change.base, name))
    // One that cannot be read has no owner who could act: its operator mends it.
    return { owners: pluginRecordOf(change.base, name)?.owners ?? [], of: name };
  return isPluginName(name) ? scopeOwners(change, splitName(name).scope) : undefined;
}

/** Undefined for a scope that nobody registered, which is reported by itself. */
function scopeOwners(change: Change, scope: string): Owned | undefined {
  const side = newScopes(change).includes(scope) ? change.head : change.base;
  const record = side.snapshot.scopes.get(scope);
  return record && { owners: record.owners, of: `@${scope}` };
}

function strangers(
  { actors, records }: Change,
  owned: Owned | undefined,
  ...[subject, path]: [string, string?]
): readonly Finding[] {
  if (!owned) return [];
  const first = records.find(({ place }) => 'name' in place && place.name === subject)?.path;
  const file = path ?? first ?? subject;
  return actors
    .filter(({ id }) => !owned.owners.some((owner) => owner.id === id))
    .map((account) => finding('NOT_OWNER', { file }, { account: showAccount(account), of: owned.of }));
}
