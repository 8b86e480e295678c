export { readIndexPart, type IndexPartQuery } from './read-part.ts';
export { isRecordPath } from './records.ts';
export { readIndex, type IndexReading, type IndexSource, type ReadIndexOptions } from './read-index.ts';
