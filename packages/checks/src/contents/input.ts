import type { Finding } from '@ar-registry/core/findings';
import type { AdvisorySource } from '@ar-registry/core/osv';
import type { Check, NormalizedManifest, Report, Version } from '@ar-registry/schemas';

/** A package, as it is packed. Everything in it is attacker-controlled. */
export interface ContentsInput {
  /** Path in the package → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Undefined where there is none that can be read. */
  readonly manifest: NormalizedManifest | undefined;
  /** The version before it, where there is one: what it declares more is told. */
  readonly previous?:
    | { readonly version: Version; readonly permissions: NormalizedManifest['permissions'] }
    | undefined;
  /**
   * What is wrong with the package around the manifest, where that is known already, as in an author's folder. Else the
   * files are checked as those of an archive.
   */
  readonly packageFindings?: readonly Finding[] | undefined;
  /** How a file of the package is called in findings; by its path in the package unless given. */
  readonly nameOf?: ((path: string) => string) | undefined;
}

export interface ContentsPorts {
  /** Absent where there is none: then dependencies are not audited, which is no pass. */
  readonly advisories?: AdvisorySource | undefined;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
  /** A snapshot that is older says nothing; 7 unless given. */
  readonly maxSnapshotAgeDays?: number | undefined;
}

export interface ContentsReport extends Pick<Report, 'permissions' | 'dependencies' | 'ruleSet' | 'tools'> {
  /** `package`, `scan`, `dependencies` and `secrets`, in this order. */
  readonly checks: Check[];
}
