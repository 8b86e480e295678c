export { entriesOf, isLogged, type ChangedText, type IndexChange, type IndexCommit } from './derive.ts';
export { entryBytes, parseEntry, recordHash } from './entry.ts';
export {
  consistencyRanges,
  inclusionRanges,
  isSame,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Inclusion,
  type Range,
  type Sha256,
  type TreeHead,
} from './merkle.ts';
export {
  CHECKPOINT_LIMIT_BYTES,
  fromBase64,
  openCheckpoint,
  parseCheckpoint,
  toBase64,
  toCheckpointText,
  toHex,
  toSignedNote,
  type Checkpoint,
  type LogIdentity,
} from './note.ts';
export { CHECKPOINT_PATH, pluginLogPath } from './paths.ts';
export {
  TILE_WIDTH,
  bundlePath,
  growLevels,
  hashOfRange,
  levelsOf,
  parseBundle,
  rootOfLevels,
  tileBytes,
  tilePath,
  tilesFor,
  tilesOf,
  tilesSince,
  toBundle,
  type Level,
  type Tile,
} from './tiles.ts';
