import { finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import type { KeyPath } from '../yaml/index.ts';
import { asMap, type PackageRule, plainPath } from './package-view.ts';

interface DeclaredFile {
  readonly at: KeyPath;
  readonly role: string;
  /** A build may write it. */
  readonly built?: true;
}

const DECLARED: readonly DeclaredFile[] = [
  { at: ['main'], role: 'the entry point', built: true },
  { at: ['types'], role: 'the type declarations', built: true },
  { at: ['config', 'schema'], role: 'the schema of the configuration' },
  { at: ['changelog'], role: 'the changelog' },
];

/**
 * Every file that the manifest names is in the package, under exactly that name.
 *
 * Before a plugin's first build the folder that the build fills is not there at all: that is told, and no error.
 */
export const checkDeclaredFiles: PackageRule = ({ manifest, placeOf, files, toBeBuilt }) =>
  DECLARED.flatMap(({ at, role, built }) => {
    const value = at.length === 1 ? manifest[String(at[0])] : asMap(manifest[String(at[0])])[String(at[1])];
    if (typeof value !== 'string' || isUrl(value) || files.has(plainPath(value))) return [];
    const facts = { file: toSingleLine(truncate(value, 120)) || '“”', role };
    const unbuilt = toBeBuilt === true && built === true && isFolderMissing(plainPath(value), files.keys());
    return [finding(unbuilt ? 'NOT_BUILT' : 'FILE_MISSING', placeOf(at), facts)];
  });

function isFolderMissing(file: string, files: Iterable<string>): boolean {
  const folder = file.slice(0, file.indexOf('/') + 1);
  return folder !== '' && ![...files].some((other) => other.startsWith(folder));
}

/** A changelog may be on the web. */
function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value);
}
