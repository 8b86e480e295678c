/** What one version has that another has not: files, permissions, dependencies. */
import { describePowers } from '@ar-registry/core/permission';
import type { VersionDocument } from '@ar-registry/schemas';

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Bytes; absent on the side where it is not. */
  readonly before?: number;
  readonly after?: number;
}

export interface DependencyChange {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export interface VersionDifference {
  readonly from: string;
  readonly files: readonly FileChange[];
  /** Files that are the same. */
  readonly unchanged: number;
  readonly dependencies: readonly DependencyChange[];
  readonly permissions: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export function differenceOf(before: VersionDocument, after: VersionDocument): VersionDifference {
  const files = fileChanges(before, after);
  const [held, wanted] = [before, after].map(({ manifest }) => describePowers(manifest).map(({ text }) => text));
  return {
    from: before.version,
    files,
    unchanged: after.dist.files.length - files.filter(({ kind }) => kind !== 'removed').length,
    dependencies: dependencyChanges(before, after),
    permissions: {
      added: wanted?.filter((text) => !held?.includes(text)) ?? [],
      removed: held?.filter((text) => !wanted?.includes(text)) ?? [],
    },
  };
}

function fileChanges(before: VersionDocument, after: VersionDocument): readonly FileChange[] {
  const old = new Map(before.dist.files.map((file) => [file.path, file]));
  const current = new Map(after.dist.files.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...current.keys()])].toSorted();
  return paths.flatMap((path): readonly FileChange[] => {
    const [was, is] = [old.get(path), current.get(path)];
    if (!was && is) return [{ path, kind: 'added', after: is.size }];
    if (was && !is) return [{ path, kind: 'removed', before: was.size }];
    if (was && is && was.integrity !== is.integrity)
      return [{ path, kind: 'changed', before: was.size, after: is.size }];
    return [];
  });
}

function dependencyChanges(before: VersionDocument, after: VersionDocument): readonly DependencyChange[] {
  const [old, current] = [dependenciesOf(before), dependenciesOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(current)])].toSorted();
  return names
    .filter((name) => old[name] !== current[name])
    .map((name) => ({
      name,
      ...(old[name] === undefined ? {} : { before: old[name] }),
      ...(current[name] === undefined ? {} : { after: current[name] }),
    }));
}

function dependenciesOf({ manifest }: VersionDocument): Readonly<Record<string, string>> {
  return { ...manifest.peerDependencies, ...manifest.dependencies };
}
