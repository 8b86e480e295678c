import { type Finding, sortFindings } from '../findings/index.ts';
import { checkConfigSchema } from './config-schema.ts';
import { checkContents } from './contents.ts';
import { checkDeclaredFiles } from './declared-files.ts';
import { checkDependencies } from './dependencies.ts';
import { checkDependencyLock } from './dependency-lock.ts';
import { checkLicenseFile } from './license-file.ts';
import { checkListedFiles } from './listed-files.ts';
import type { PackageRule, PackageView } from './package-view.ts';
import { checkReadme } from './readme.ts';
import { checkScope } from './scope.ts';

const RULES: readonly PackageRule[] = [
  checkDeclaredFiles,
  checkListedFiles,
  checkReadme,
  checkLicenseFile,
  checkConfigSchema,
  checkScope,
  checkContents,
  checkDependencies,
  checkDependencyLock,
];

/**
 * All that the package around a manifest has wrong, in reading order; the manifest's own findings come from
 * `parseManifest`. The same rules hold in the author's folder and in an archive that was submitted.
 */
export function checkPackage(view: PackageView): readonly Finding[] {
  return sortFindings(RULES.flatMap((rule) => rule(view)));
}
