import type { Finding } from '../../findings/index.ts';
import type { YamlFile } from '../../yaml/index.ts';
import { checkConfigKeys } from './config-keys.ts';
import { checkDependencies } from './dependencies.ts';
import { checkLicense } from './license.ts';
import { checkName } from './name.ts';
import { checkPermissionKeys } from './permission-keys.ts';
import { checkRegistryFlags } from './registry-flags.ts';
import { checkVersion } from './version.ts';

/** A check sees the file as written, also when the schema refused parts of it: it skips what is not of its form. */
export type ManifestCheck = (manifest: Readonly<Record<string, unknown>>, source: YamlFile) => readonly Finding[];

export const MANIFEST_CHECKS: readonly ManifestCheck[] = [
  checkName,
  checkVersion,
  checkLicense,
  checkDependencies,
  checkConfigKeys,
  checkPermissionKeys,
  checkRegistryFlags,
];
