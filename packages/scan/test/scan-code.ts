import { grantAll } from '@ar-registry/core/permission';
import type { NormalizedManifest, Permissions } from '@ar-registry/schemas';
import { scanPackage, type ScanReport } from '../src/index.ts';

export interface Around {
  readonly permissions?: Permissions;
  readonly config?: readonly string[];
  /** npm packages that are installed with it. */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Further files of the package. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Scans a package of one file, and of those that `around` adds. */
export function scanCode(
  code: string,
  { permissions = {}, config = [], dependencies = {}, files = {} }: Around = {},
): Promise<ScanReport> {
  const manifest: Pick<NormalizedManifest, 'permissions' | 'config' | 'main' | 'dependencies'> = {
    permissions: grantAll(permissions),
    config: { required: [...config], optional: [] },
    main: './index.js',
    dependencies,
  };
  const all = Object.entries({ 'index.js': code, ...files });
  return scanPackage({ files: new Map(all.map(([path, text]) => [path, Buffer.from(text)])), manifest });
}

export function errorsOf({ findings }: ScanReport): readonly string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}
