export {
  addedPermissions,
  addedPowers,
  compactPermissions,
  describePermissions,
  describePowers,
  grantAll,
  type PermissionLine,
  type PowersOf,
} from './permission.ts';
