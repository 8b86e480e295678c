/** What all engines are to this comparison. */
import type { SearchEntry } from '@ar-registry/core/search';

export interface Engine {
  readonly name: string;
  /** What is set besides the defaults, for the table. */
  readonly settings: string;
  /** Makes an index of `entries` in an empty folder. */
  build(entries: readonly SearchEntry[], folder: string): Promise<void>;
  /** Opens it, as a client does that has all of its files. */
  open(folder: string): Promise<OpenIndex>;
}

export interface OpenIndex {
  /** Names, best first. */
  search(text: string, limit: number): Promise<readonly string[]>;
  /** Bytes of the index that were read until now, where it is not all of it. */
  readonly bytesRead?: () => number;
  close(): Promise<void>;
}
