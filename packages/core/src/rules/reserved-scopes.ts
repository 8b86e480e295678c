import { finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import { isReservedScope } from '../name/index.ts';
import { RESERVED_SCOPES } from '../record/index.ts';
import type { IndexRule } from './rule.ts';

/** Reserved scopes, and what looks like them, are the registry’s own: their level is `official`. */
export const checkReservedScopes: IndexRule = ({ snapshot }) => {
  const reserved = [...RESERVED_SCOPES, ...(snapshot.registry.reservedScopes ?? [])];
  return [...snapshot.scopes.values()]
    .filter(({ scope, level }) => level !== 'official' && isReservedScope(scope, reserved))
    .map(({ scope }) => finding('SCOPE_RESERVED', { file: indexPaths.scope(scope) }, { scope }));
};
