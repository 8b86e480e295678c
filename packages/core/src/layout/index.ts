export {
  controlSocketPath,
  dataPaths,
  JOURNAL_FILE,
  LOADER_LOG_FILE,
  pluginFolderName,
  pluginLogFile,
  pluginLogsPath,
  pluginOfLogFile,
  resolveConfigDir,
  resolveDataDir,
  resolveHome,
  type FolderEnv,
} from './data-dir.ts';
export {
  CATEGORIES_FILE,
  DEPENDENCIES_FILE,
  DISMISSED_FILE,
  DOWNLOADS_FILE,
  INDEX_FOLDER,
  PROVENANCE_ROOT_FILE,
  REGISTRY_FILE,
  STATS_FOLDER,
  indexPaths,
  parseIndexPath,
  parseStatsPath,
  type IndexPath,
  type StatsPath,
} from './index-paths.ts';
export {
  DEPENDENCY_LOCK_FILE,
  LOCK_FILE,
  MANIFEST_FILE,
  PROJECT_FILE,
  STORE_ENTRY_FILE,
  storeEntryPath,
} from './project.ts';
export { TARGETS_ROUTE, TRUST_ROUTE, isSignedPath } from './signed-paths.ts';
export { URL_TEMPLATES, badgeRoute, feedRoutes, routes } from './routes.ts';
