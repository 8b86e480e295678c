import { describePowers, type PowersOf } from '@ar-registry/core/permission';
import { type Page, toned } from './text.ts';

/** What a plugin may do and see, in plain words; what could undo its sandbox, or lets other machines in, stands out. */
export function permissionLines(manifest: PowersOf): Page {
  const lines = describePowers(manifest);
  if (lines.length === 0) return ['  none: it works with messages, and in its own data folder'];
  return lines.map(({ text, grave }) => ['  ', grave ? toned(text, 'bad') : text]);
}
