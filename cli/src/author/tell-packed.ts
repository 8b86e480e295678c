import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import { nameWithin, type PackedPlugin } from '@ar-registry/io/package-folder';
import type { Output } from '../output.ts';
import { presentFindings } from '../present/findings.ts';

/** Tells the author what is worth knowing of a package that was packed: warnings, and a lock that is new. */
export function tellPacked({ findings, lock }: PackedPlugin, folder: string, output: Output): void {
  for (const line of presentFindings(findings)) output.note(line);
  if (lock === 'written')
    output.note(`Locked the npm dependencies in ${nameWithin(folder)(DEPENDENCY_LOCK_FILE)}: commit it.`);
}
