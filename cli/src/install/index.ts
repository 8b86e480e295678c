export { changeOptions, installPlugins, restoreProject } from './install-plugins.ts';
