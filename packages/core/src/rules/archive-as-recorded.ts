/**
 * An archive is what its record says: size, files, the manifest inside it, and the package.json made from that. Else what
 * was reviewed, shown and granted permissions would not be what is installed, and npm clients would run its scripts.
 */
import type { DistFile, VersionRecord } from '@ar-registry/schemas';
import { isGeneratedPackageJson } from '../archive/index.ts';
import { assertNever } from '../errors/index.ts';
import { finding, isError, type Finding } from '../findings/index.ts';
import { MANIFEST_FILE, indexPaths } from '../layout/index.ts';
import { parseManifest } from '../manifest/index.ts';
import { firstDifference } from '../record/index.ts';
import { checkPackage, type PackageFile } from '../rules-package/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { formatPath } from '../yaml/index.ts';
import type { ArchiveState } from './archive-state.ts';

/** What is wrong with the archive of `version`, given what was found of it. */
export function checkArchive(version: VersionRecord, state: ArchiveState): readonly Finding[] {
  const { manifest, dist } = version;
  const at = { file: indexPaths.version(manifest.name, manifest.version) };
  switch (state.kind) {
    case 'missing':
      return [finding('ARCHIVE_MISSING', at, { integrity: dist.integrity })];
    case 'remote':
      return [finding('ARCHIVE_REMOTE', at, { url: truncate(toSingleLine(state.url), 200) })];
    case 'refused':
      return [finding('ARCHIVE_REFUSED', at, { problem: truncate(toSingleLine(state.problem), 300) })];
    case 'read':
      return [...checkFacts(version, state), ...checkContents(version, state), ...checkPackageJson(version, state)];
    default:
      return assertNever(state);
  }
}

type ReadState = Extract<ArchiveState, { readonly kind: 'read' }>;

function checkFacts({ manifest, dist }: VersionRecord, { sizeBytes, files }: ReadState): readonly Finding[] {
  const file = indexPaths.version(manifest.name, manifest.version);
  const unpacked = files.reduce((sum, { size }) => sum + size, 0);
  const measures: readonly (readonly [string, number, number])[] = [
    ['size', dist.size, sizeBytes],
    ['unpackedSize', dist.unpackedSize, unpacked],
    ['fileCount', dist.fileCount, files.length],
  ];
  const different = differentFile(dist.files, files);
  return [
    ...measures
      .filter(([, recorded, found]) => recorded !== found)
      .map(([what, recorded, found]) =>
        finding(
          'ARCHIVE_NOT_AS_RECORDED',
          { file, path: `dist.${what}` },
          {
            what: `dist.${what}`,
            recorded: String(recorded),
            found: String(found),
          },
        ),
      ),
    ...(different ? [finding('ARCHIVE_NOT_AS_RECORDED', { file, path: 'dist.files' }, different)] : []),
  ];
}

/** The first file, by path, that only one side has or that differs. */
function differentFile(
  recorded: readonly DistFile[],
  found: readonly DistFile[],
): { what: string; recorded: string; found: string } | undefined {
  const [left, right] = [recorded, found].map((files) => new Map(files.map((file) => [file.path, file])));
  const paths = [...new Set([...recorded, ...found].map(({ path }) => path))].toSorted();
  const path = paths.find((candidate) => describeFile(left?.get(candidate)) !== describeFile(right?.get(candidate)));
  if (path === undefined) return undefined;
  const what = truncate(toSingleLine(path), 120);
  return { what, recorded: describeFile(left?.get(path)), found: describeFile(right?.get(path)) };
}

function describeFile(file: DistFile | undefined): string {
  return file ? `${file.size} bytes, ${file.integrity}` : 'nothing';
}

/** The manifest as the author packed it, and all that a package must hold. */
function checkContents({ manifest }: VersionRecord, { files, texts }: ReadState): readonly Finding[] {
  const file = indexPaths.version(manifest.name, manifest.version);
  const inside = (path: string): string => `${file}!${path}`;
  const parsed = parseManifest(texts.get(MANIFEST_FILE) ?? '', inside(MANIFEST_FILE));
  if (!parsed.manifest || !parsed.source) return parsed.findings.filter(isError);
  const different = firstDifference(manifest, parsed.manifest);
  const view = {
    kind: 'archive' as const,
    manifest: parsed.source.value as Readonly<Record<string, unknown>>,
    placeOf: parsed.source.placeOf,
    files: new Map(files.map(({ path, size }) => [path, packageFile(size, texts.get(path))])),
    nameOf: inside,
  };
  return [
    // That a scope is reserved is for the rule that knows the registry’s scopes to say.
    ...checkPackage(view).filter(({ code }) => code !== 'SCOPE_RESTRICTED'),
    ...(different
      ? [
          finding(
            'ARCHIVE_MANIFEST_DIFFERS',
            { file, path: `manifest.${formatPath(different)}` },
            { key: formatPath(different) },
          ),
        ]
      : []),
  ];
}

/** npm clients run the scripts of a package.json, and resolve by it: only the generated one, byte for byte. */
function checkPackageJson({ manifest }: VersionRecord, { texts }: ReadState): readonly Finding[] {
  if (isGeneratedPackageJson(texts.get('package.json') ?? '', manifest)) return [];
  const file = `${indexPaths.version(manifest.name, manifest.version)}!package.json`;
  return [
    finding('ARCHIVE_REFUSED', { file }, { problem: 'package.json is not the one that `ar plugin pack` writes.' }),
  ];
}

function packageFile(sizeBytes: number, text: string | undefined): PackageFile {
  return { sizeBytes, ...(text === undefined ? {} : { text }) };
}
