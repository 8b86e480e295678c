export { controlSocketPath, resolveDataDir } from './data-dir.ts';
export {
  CATEGORIES_FILE,
  DEPENDENCIES_FILE,
  DOWNLOADS_FILE,
  INDEX_FOLDER,
  REGISTRY_FILE,
  indexPaths,
  parseIndexPath,
  type IndexPath,
} from './index-paths.ts';
export {
  DEPENDENCY_LOCK_FILE,
  LOCK_FILE,
  MANIFEST_FILE,
  PROJECT_FILE,
  STORE_ENTRY_FILE,
  storeEntryPath,
} from './project.ts';
export { URL_TEMPLATES, routes } from './routes.ts';
