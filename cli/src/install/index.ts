export { changeOptions } from './change-options.ts';
export {
  createPorts,
  installPlugins,
  restoreProject,
  withFetched,
  type InstallOptions,
  type InstallOutcome,
} from './install-plugins.ts';
export { readOffers } from './read-offers.ts';
export { updatePlugins } from './update-plugins.ts';
