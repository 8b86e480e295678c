export { createInstallStore, type InstallStore, type StorePackage } from './store.ts';
