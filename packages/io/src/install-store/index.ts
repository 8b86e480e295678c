export {
  createInstallStore,
  type Comparison,
  type InstallStore,
  type InstallStoreOptions,
  type Pinned,
  type StorePackage,
} from './store.ts';
