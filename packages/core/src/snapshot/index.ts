export { assemblePlugin, type AssembledPlugin } from './plugin.ts';
export {
  assembleSnapshot,
  type Assembled,
  type Category,
  type IndexFiles,
  type Snapshot,
  type SnapshotHead,
  type SnapshotPlugin,
} from './snapshot.ts';
