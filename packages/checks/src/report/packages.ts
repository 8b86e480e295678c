/**
 * The package.json of this package and of what it checks with. The standalone binary has another module in place of this
 * one: `tools/binary/replacements/packages.ts`.
 */
import { createRequire } from 'node:module';

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function readOwnPackage(): PackageJson {
  return createRequire(import.meta.url)('../../package.json') as PackageJson;
}

export function readPackage(name: '@secretlint/core' | '@secretlint/secretlint-rule-preset-recommend'): PackageJson {
  return createRequire(import.meta.url)(`${name}/package.json`) as PackageJson;
}
