import type { TrustLevel } from '@ar-registry/schemas';
import { finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import { isPluginName, splitName } from '../name/index.ts';
import { newPlugins, newScopes, pluginRecordOf } from './change.ts';
import type { ChangeRule } from './rule.ts';

const RANK: Readonly<Record<TrustLevel, number>> = { community: 0, verified: 1, official: 2 };

/** Nobody gives himself trust: what is new has at most the level that its scope had before, a new scope none at all. */
export const checkTrust: ChangeRule = (change) => [
  ...newScopes(change).flatMap((scope) => {
    const level = change.head.snapshot.scopes.get(scope)?.level ?? 'community';
    if (level === 'community') return [];
    return [finding('SCOPE_LEVEL_NOT_ALLOWED', { file: indexPaths.scope(scope) }, { scope, level })];
  }),
  ...newPlugins(change).flatMap((name) => {
    const trust = pluginRecordOf(change.head, name)?.trust ?? 'community';
    const scope = isPluginName(name) ? splitName(name).scope : '';
    const level = change.base.snapshot.scopes.get(scope)?.level ?? 'community';
    if (RANK[trust] <= RANK[level]) return [];
    return [finding('TRUST_NOT_ALLOWED', { file: indexPaths.plugin(name) }, { trust, level })];
  }),
];
