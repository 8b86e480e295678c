import type { AuthorPackageJson } from '@ar-registry/core/archive';
import { type Finding, sortFindings } from '@ar-registry/core/findings';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { ParsedManifest } from '@ar-registry/core/manifest';
import { checkPackage, type PackageView, plainPath } from '@ar-registry/core/rules-package';

/** A package that was read and checked, in an author's folder or in an archive. */
export interface InspectedPackage extends Pick<ParsedManifest, 'manifest' | 'authored'> {
  /** The text of ar-plugin.yaml. */
  readonly manifestText: string;
  readonly packageJson?: AuthorPackageJson;
  /** The files that packing takes, where they could be listed. */
  readonly packed?: readonly string[];
  /** All that is wrong, with the manifest and with the package around it, in reading order. */
  readonly findings: readonly Finding[];
}

export type PackageAround = Omit<PackageView, 'manifest' | 'placeOf' | 'packageJson'>;

/** @param around absent where the package could not be looked at, which `more` then says */
export function toInspected(
  {
    parsed,
    manifestText,
    packageJson,
  }: {
    readonly parsed: ParsedManifest;
    readonly manifestText: string;
    readonly packageJson?: AuthorPackageJson | undefined;
  },
  around: PackageAround | undefined,
  more: readonly Finding[],
): InspectedPackage {
  const { source, manifest, authored } = parsed;
  const json = packageJson === undefined ? {} : { packageJson };
  const found =
    source && around
      ? checkPackage({ ...around, ...json, manifest: asWritten(source.value), placeOf: source.placeOf })
      : [];
  return {
    ...(manifest === undefined ? {} : { manifest }),
    ...(authored === undefined ? {} : { authored }),
    manifestText,
    ...json,
    ...(around === undefined ? {} : { packed: [...around.files.keys()] }),
    findings: sortFindings([...parsed.findings, ...found, ...more]),
  };
}

/** The few files whose text the rules read: the configuration's schema, and in an archive the dependencies' lock. */
export function filesToRead(manifest: unknown): readonly string[] {
  const { schema } = asWritten(asWritten(manifest)['config']);
  return [DEPENDENCY_LOCK_FILE, ...(typeof schema === 'string' ? [plainPath(schema)] : [])];
}

export function asWritten(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The object in a package.json; undefined for anything else. */
export function parsePackageJson(text: string): AuthorPackageJson | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as AuthorPackageJson)
      : undefined;
  } catch {
    return undefined; // the caller says that it is not JSON
  }
}
