export { authoredManifest, testManifest, testManifestText, type ManifestOverrides } from './manifest.ts';
export {
  TEST_OWNER,
  testIndex,
  type PluginOptions,
  type TestIndex,
  type TestPlugin,
  type VersionOptions,
} from './test-index.ts';
