export { checkPackage } from './check-package.ts';
export { checkDependencyLock } from './dependency-lock.ts';
export { asMap, plainPath, type PackageFile, type PackageRule, type PackageView } from './package-view.ts';
