export { checkPackage } from './check-package.ts';
export { plainPath, type PackageFile, type PackageRule, type PackageView } from './package-view.ts';
