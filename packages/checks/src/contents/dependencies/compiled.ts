/** What of the locked packages works only where compiled code is loaded, or a program of theirs was run at installation. */
import { finding, type Finding } from '@ar-registry/core/findings';
import { type LockedPackage, shown } from '@ar-registry/core/npm-lock';
import type { NormalizedManifest } from '@ar-registry/schemas';

/** @param file how the lock is called in findings */
export function checkCompiled(
  packages: readonly LockedPackage[],
  { nativeAddons, childProcess }: NormalizedManifest['permissions'],
  file: string,
): readonly Finding[] {
  const scripts = packages
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map((each) => finding('DEPENDENCY_INSTALL_SCRIPT', placeOf(each, file), facts(each)));
  const [first, ...others] = packages.filter(({ isCompiled }) => isCompiled);
  // A package has one of them for each kind of machine: to list all says no more.
  if (!first || nativeAddons || childProcess.length > 0) return scripts;
  return [...scripts, finding('DEPENDENCY_COMPILED', placeOf(first, file), { ...facts(first), others: others.length })];
}

function placeOf({ line, column }: LockedPackage, file: string): Finding['at'] {
  return { file, line, column };
}

function facts({ name, version }: LockedPackage): { readonly dependency: string; readonly version: string } {
  return { dependency: shown(name), version: shown(version) };
}
