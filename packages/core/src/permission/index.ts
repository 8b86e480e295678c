export {
  addedPermissions,
  compactPermissions,
  describePermissions,
  grantAll,
  type PermissionLine,
} from './permission.ts';
