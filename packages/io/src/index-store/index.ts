export { readIndex, type IndexReading, type IndexSource, type ReadIndexOptions } from './read-index.ts';
