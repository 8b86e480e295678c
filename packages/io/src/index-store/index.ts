export { readIndexPart, type IndexPartQuery } from './read-part.ts';
export { isRecordPath } from './records.ts';
export {
  listIndex,
  openIndexPlace,
  readIndex,
  type IndexListing,
  type IndexParts,
  type IndexPlace,
  type IndexReading,
  type IndexSource,
  type ReadIndexOptions,
} from './read-index.ts';
export type { TreeFile } from './tree-files.ts';
