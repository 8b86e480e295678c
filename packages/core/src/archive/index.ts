export { checkEntryType, FILE_FLAGS } from './entry-type.ts';
export { ARCHIVE_ROOT, type ArchiveEntry, type ArchiveProblem, checkEntries, pathInPackage } from './entries.ts';
export { archiveLimits, type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './limits.ts';
export { hasPrivateKey, isNeverPacked, mayHoldPrivateKey } from './never-packed.ts';
export { type AuthorPackageJson, isGeneratedPackageJson, packageJsonText } from './package-json.ts';
export { foldPath, showPath } from './path.ts';
export { archiveStorePath } from './store-path.ts';
