import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import type { ArchiveContents } from '../archive/index.ts';
import { filesToRead, type InspectedPackage, parsePackageJson, toInspected } from './inspected-package.ts';

/**
 * Checks what `readArchive` let pass, by the rules that hold for a folder too. Everything in it is attacker-controlled.
 *
 * @param nameOf how a file of the archive is called in findings
 */
export function inspectArchive(contents: ArchiveContents, nameOf: (path: string) => string): InspectedPackage {
  const { manifestText } = contents;
  const parsed = parseManifest(manifestText, nameOf(MANIFEST_FILE));
  const json = contents.files.get('package.json');
  const packageJson = json && parsePackageJson(decode(json.bytes));
  const toRead = parsed.source ? filesToRead(parsed.source.value) : [];
  const files = new Map(
    Array.from(contents.files, ([path, { bytes }]) => {
      const sizeBytes = bytes.length;
      return [path, toRead.includes(path) ? { sizeBytes, text: decode(bytes) } : { sizeBytes }];
    }),
  );
  return toInspected({ parsed, manifestText, packageJson }, { kind: 'archive', files, nameOf }, []);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
