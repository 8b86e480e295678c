export {
  BUNDLE_FILE,
  BUNDLE_LIMITS,
  BUNDLE_MANIFEST,
  bundlePathOf,
  bundlePathProblem,
  formatBundleManifest,
  inBundleOrder,
  pinnedPathOf,
  type BundledFile,
  type BundledPlugin,
} from './bundle.ts';
