/** What is asked for a part of the plugins of an index, and what is told of it: plain data, for threads. */
import type { DocumentDigest } from '@ar-registry/core/delta';
import type { Finding } from '@ar-registry/core/findings';
import type { SnapshotHead } from '@ar-registry/core/snapshot';
import type { IndexPlace, TreeFile } from '@ar-registry/io/index-store';
import type { PluginName } from '@ar-registry/schemas';
import type { LeafEntry } from '../leaf-cache.ts';
import type { PluginFacts } from '../state/facts.ts';
import type { PartFolder, WrittenPart } from './part-output.ts';

/** What all parts have in common. */
export interface PartSetting {
  readonly place: IndexPlace;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  /** Where archives lie otherwise, relative to the index. */
  readonly storePath: string;
  /** The head of the index, without what was counted day by day. */
  readonly head: SnapshotHead;
  /** The text of whose certificates count for provenance. */
  readonly provenanceRoot?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** Folder of the reports to publish with the versions. Absolute. */
  readonly reports?: string | undefined;
  /** How many processes may render READMEs for one part. */
  readonly renderers: number;
  readonly out: Omit<PartFolder, 'temporaries'>;
  /** Absolute: each part writes into a folder of its own in it. */
  readonly temporaries: string;
}

export interface PartJob {
  readonly plugins: readonly PartPlugin[];
}

export interface PartPlugin {
  readonly name: PluginName;
  readonly records: readonly TreeFile[];
  /** Of what its latest archive gave at the build before. */
  readonly leaf?: LeafEntry | undefined;
}

export interface PartResult {
  /** Of the plugins of the job, by name. */
  readonly facts: readonly PluginFacts[];
  readonly leaves: ReadonlyMap<PluginName, LeafEntry>;
  /** Of the documents that clients keep. */
  readonly digests: readonly DocumentDigest[];
  readonly findings: readonly Finding[];
  /** Plugins of which something else may be found though no record changes. */
  readonly unsettled: readonly PluginName[];
  readonly written: WrittenPart;
  readonly reports: number;
}
