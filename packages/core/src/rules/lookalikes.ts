import { finding } from '../findings/index.ts';
import { indexPaths, parseIndexPath } from '../layout/index.ts';
import { findLookalike, isPluginName, isReservedScope } from '../name/index.ts';
import { newPlugins, newScopes, type Change } from './change.ts';
import type { ChangeRule } from './rule.ts';

/** A new name cannot be mistaken for one that is there: neither by eye nor by a slip of the finger. */
export const checkLookalikes: ChangeRule = (change) => {
  const names = knownNames(change);
  const scopes = [...change.base.snapshot.scopes.keys()];
  return [
    ...newPlugins(change).flatMap((name) => {
      const existing = isPluginName(name) ? findLookalike(name, names) : undefined;
      if (existing === undefined) return [];
      return [finding('NAME_LOOKALIKE', { file: indexPaths.plugin(name) }, { name, existing })];
    }),
    ...newScopes(change).flatMap((scope) => {
      const existing = scopes.find((other) => other !== scope && isReservedScope(scope, [other]));
      if (existing === undefined) return [];
      const facts = { name: `@${scope}`, existing: `@${existing}` };
      return [finding('NAME_LOOKALIKE', { file: indexPaths.scope(scope) }, facts)];
    }),
  ];
};

/** Names of the base, of broken plugins too, and what they were called before. */
function knownNames({ base }: Change): ReadonlySet<string> {
  const paths = [...base.files.keys()].flatMap((path) => {
    const place = parseIndexPath(path);
    return 'name' in place && isPluginName(place.name) ? [place.name] : [];
  });
  return new Set([...paths, ...base.snapshot.plugins.flatMap(({ record }) => record.aliases ?? [])]);
}
