export { lockedPackages, shown, type LockedPackage } from './locked-packages.ts';
