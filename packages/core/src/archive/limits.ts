/** What an archive may hold at most. `fileCount` counts files and folders together; `pathBytes` and `depth` are measured below `package/`. */
export interface ArchiveLimits {
  readonly archiveBytes: number;
  readonly unpackedBytes: number;
  readonly fileBytes: number;
  readonly fileCount: number;
  readonly pathBytes: number;
  readonly depth: number;
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  archiveBytes: 10 * MEBIBYTE,
  unpackedBytes: 50 * MEBIBYTE,
  fileBytes: 20 * MEBIBYTE,
  fileCount: 5000,
  pathBytes: 255,
  depth: 16,
};

/** The default limits, with those that a registry sets for itself (`limits` of its registry.yaml) in their place. */
export function archiveLimits(
  overrides: { readonly [Limit in keyof ArchiveLimits]?: number | undefined } = {},
): ArchiveLimits {
  const limits = { ...DEFAULT_ARCHIVE_LIMITS };
  for (const limit of Object.keys(limits) as (keyof ArchiveLimits)[]) {
    limits[limit] = overrides[limit] ?? limits[limit];
  }
  return limits;
}
