import type { DistFile } from '@ar-registry/schemas';

/** What was found where a record says that its archive is. Read by the caller; attacker-controlled. */
export type ArchiveState =
  | { readonly kind: 'missing' }
  /** Not in the store, but said to be at this address, where nobody looked. */
  | { readonly kind: 'remote'; readonly url: string }
  /** Not what its name says, or nothing that may be unpacked. `problem` is a sentence. */
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      readonly kind: 'read';
      /** Bytes of the archive. */
      readonly sizeBytes: number;
      /** Everything in it. */
      readonly files: readonly DistFile[];
      /** The text of `ar-plugin.yaml`, of `package.json` (a byte order mark kept) and of what else rules read, by path. */
      readonly texts: ReadonlyMap<string, string>;
    };
