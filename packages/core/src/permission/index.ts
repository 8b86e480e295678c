export { addedPermissions, describePermissions, grantAll, type PermissionLine } from './permission.ts';
