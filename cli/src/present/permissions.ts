import { describePermissions } from '@ar-registry/core/permission';
import type { GrantedPermissions } from '@ar-registry/schemas';
import { type Page, toned } from './text.ts';

/** What a plugin may do, in plain words; what could undo its sandbox stands out. */
export function permissionLines(permissions: GrantedPermissions): Page {
  const lines = describePermissions(permissions);
  if (lines.length === 0) return ['  none: it works with messages, and in its own data folder'];
  return lines.map(({ text, grave }) => ['  ', grave ? toned(text, 'bad') : text]);
}
