export { changeOptions, installPlugins, restoreProject, type InstallOutcome } from './install-plugins.ts';
