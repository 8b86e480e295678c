import { finding } from '../findings/index.ts';
import { isPluginName, isReservedScope, splitName } from '../name/index.ts';
import { RESERVED_SCOPES } from '../record/index.ts';
import type { PackageRule } from './package-view.ts';

/**
 * A reserved scope is only a warning here: who publishes is not known, and its owners work on their plugins too. The
 * registry, which knows, refuses it from everybody else.
 */
export const checkScope: PackageRule = ({ manifest: { name }, placeOf }) => {
  if (typeof name !== 'string' || !isPluginName(name)) return [];
  const { scope } = splitName(name);
  return isReservedScope(scope, RESERVED_SCOPES) ? [finding('SCOPE_RESTRICTED', placeOf(['name']), { scope })] : [];
};
