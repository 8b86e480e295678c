import type { OsvRecord, OsvSnapshot } from '@ar-registry/schemas';

/** What is known of a database of vulnerabilities: where it comes from, and of when it is. */
export type AdvisoryState = Pick<OsvSnapshot, 'source' | 'takenAt'>;

/** A database of the vulnerabilities of npm packages. What it holds is data of others: `matchAdvisory` reads it. */
export interface AdvisorySource {
  /** @throws ArError where it cannot be had */
  snapshot(signal?: AbortSignal): Promise<AdvisoryState>;
  /**
   * The records of each of `names`; a name that is not in the answer has none.
   *
   * @throws ArError where it cannot be had
   */
  find(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, readonly OsvRecord[]>>;
}

/** Where a snapshot lies, below a folder or a base URL. */
export const osvPaths = {
  folder: 'osv/npm',
  snapshot: 'osv/npm/snapshot.json',
  part: ({ parts }: Pick<OsvSnapshot, 'parts'>, prefix: string): string => `osv/npm/${parts}/${prefix}.json`,
} as const;
