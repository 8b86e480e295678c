import { finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { type PackageRule, plainPath } from './package-view.ts';

/**
 * Every entry of `files` that is a plain path brings something into the package: what is misspelled, leads outside or
 * is a link is left out by packing without a word. Patterns may match nothing; before the first build so may any entry.
 */
export const checkListedFiles: PackageRule = ({ kind, manifest, placeOf, files, toBeBuilt }) => {
  const listed: unknown = manifest['files'];
  if (kind !== 'folder' || toBeBuilt === true || !Array.isArray(listed)) return [];
  const packed = withFolders(files.keys());
  return listed.flatMap((entry: unknown, index) => {
    if (typeof entry !== 'string' || /[*?[\]{}!]/.test(entry) || packed.has(pathOf(entry))) return [];
    const shown = toSingleLine(truncate(entry, 120)) || '“”';
    return [finding('FILES_ENTRY_UNUSED', placeOf(['files', index]), { entry: shown })];
  });
};

function pathOf(entry: string): string {
  return plainPath(entry).replace(/^\/+|\/+$/g, '');
}

/** The paths and all folders above them; the package itself is `.` and the empty path. */
function withFolders(files: Iterable<string>): ReadonlySet<string> {
  const all = new Set(['', '.']);
  for (const file of files) {
    for (let path = file; path !== '' && !all.has(path); path = path.slice(0, Math.max(path.lastIndexOf('/'), 0)))
      all.add(path);
  }
  return all;
}
