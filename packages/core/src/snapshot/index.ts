export { assemblePlugin, type AssembledPlugin } from './plugin.ts';
export {
  assembleHead,
  assemblePlugins,
  assembleSnapshot,
  groupPaths,
  type Assembled,
  type AssembledPlugins,
  type Category,
  type GroupedPaths,
  type IndexFiles,
  type PathsByPlugin,
  type Snapshot,
  type SnapshotHead,
  type SnapshotPlugin,
} from './snapshot.ts';
