import type { SearchOptions } from '@ar-registry/core/api';
import type { DeltaLimits } from '@ar-registry/core/delta';
import type { Finding } from '@ar-registry/core/findings';
import type { IndexSource } from '@ar-registry/io/index-store';
import type { RebuildReport } from '@ar-registry/schemas';
import type { OutputCounts } from './output-files.ts';
import type { PartOptions } from './part/part-pool.ts';

export interface BuildInput {
  readonly source: IndexSource;
  /** Folder to write into; absolute. */
  readonly out: string;
  /** Where it will be served, if that is known and not what registry.yaml says. */
  readonly baseUrl?: string | undefined;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  /** Folder of the reports to publish with the versions. Absolute. */
  readonly reports?: string | undefined;
  /** Folder of the snapshot of known vulnerabilities to publish, as `osv` writes it. Absolute. */
  readonly osv?: string | undefined;
  /** What the last comparison with what is served found. */
  readonly rebuild?: RebuildReport | undefined;
  /**
   * What is known of the output from the build before: used where it can be, or made anew by a build of everything, or
   * neither used nor kept. The first unless given.
   */
  readonly state?: 'use' | 'renew' | 'none' | undefined;
  /** When a search index is divided, and how: for tests, which have few plugins. */
  readonly search?: Pick<SearchOptions, 'from' | 'limits'> | undefined;
  /** Where the digests of documents stand: for tests, too. */
  readonly delta?: DeltaLimits | undefined;
  /** How plugins are divided among threads: for tests, which have few. The output is the same. */
  readonly parts?: PartOptions | undefined;
}

export interface BuildOutcome extends OutputCounts {
  readonly plugins: number;
  readonly versions: number;
  readonly reports: number;
  /** Of what was left out, and warnings. Paths relative to the index. */
  readonly findings: readonly Finding[];
}
