/** The rules around the manifest, over files that are packed. */
import { type Finding, sortFindings } from '@ar-registry/core/findings';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest, type ParsedManifest } from '@ar-registry/core/manifest';
import { asMap, checkDependencyLock, checkPackage, plainPath, type PackageView } from '@ar-registry/core/rules-package';
import type { ContentsInput } from './input.ts';

interface Around extends Pick<ParsedManifest, 'manifest'> {
  readonly findings: readonly Finding[];
  /** What is wrong with the lock of the dependencies; not among `findings`. */
  readonly ofLock: readonly Finding[];
}

export function lookAround(input: ContentsInput): Around {
  const { files, packageFindings, nameOf = (path: string) => path } = input;
  // A folder's lock is made when it is packed.
  if (packageFindings) return { findings: packageFindings, ofLock: [] };
  const parsed = parseManifest(decode(files.get(MANIFEST_FILE)), nameOf(MANIFEST_FILE));
  if (!parsed.source) return { findings: parsed.findings, ofLock: [] };
  const manifest = asMap(parsed.source.value);
  const packageJson = parseJson(decode(files.get('package.json')));
  const view: PackageView = {
    kind: 'archive',
    manifest,
    placeOf: parsed.source.placeOf,
    files: viewOf(files, [DEPENDENCY_LOCK_FILE, plainPath(String(asMap(manifest['config'])['schema']))]),
    ...(packageJson ? { packageJson } : {}),
    nameOf,
  };
  const ofLock = checkDependencyLock(view);
  const lockTexts = new Set(ofLock.map((found) => JSON.stringify(found)));
  const around = checkPackage(view).filter((found) => !lockTexts.has(JSON.stringify(found)));
  return { ...parsed, findings: sortFindings([...parsed.findings, ...around]), ofLock };
}

function viewOf(files: ContentsInput['files'], read: readonly string[]): PackageView['files'] {
  return new Map(
    Array.from(files, ([path, bytes]) => {
      const sizeBytes = bytes.length;
      return [path, read.includes(path) ? { sizeBytes, text: decode(bytes) } : { sizeBytes }];
    }),
  );
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? asMap(value) : undefined;
  } catch {
    return undefined; // the rule that compares it has nothing to compare
  }
}

function decode(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
