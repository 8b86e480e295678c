import { finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import type { KeyPath } from '../yaml/index.ts';
import { asMap, type PackageRule, plainPath } from './package-view.ts';

interface DeclaredFile {
  readonly at: KeyPath;
  readonly role: string;
}

const DECLARED: readonly DeclaredFile[] = [
  { at: ['main'], role: 'the entry point' },
  { at: ['types'], role: 'the type declarations' },
  { at: ['config', 'schema'], role: 'the schema of the configuration' },
  { at: ['changelog'], role: 'the changelog' },
];

/** Every file that the manifest names is in the package, under exactly that name. */
export const checkDeclaredFiles: PackageRule = ({ manifest, placeOf, files }) =>
  DECLARED.flatMap(({ at, role }) => {
    const value = at.length === 1 ? manifest[String(at[0])] : asMap(manifest[String(at[0])])[String(at[1])];
    if (typeof value !== 'string' || isUrl(value) || files.has(plainPath(value))) return [];
    return [finding('FILE_MISSING', placeOf(at), { file: toSingleLine(truncate(value, 120)) || '“”', role })];
  });

/** A changelog may be on the web. */
function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value);
}
