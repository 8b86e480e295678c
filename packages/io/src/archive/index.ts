export { describeFiles } from './describe-files.ts';
export { gzipDeterministic } from './gzip.ts';
export { listPackageFiles, type PackSelection } from './list-package-files.ts';
export { type PackedArchive, packFolder, type PackOptions } from './pack-folder.ts';
export { type ArchiveContents, type ArchiveFile, type NamedArchive, readArchive } from './read-archive.ts';
export { TAR_END, tarBytes, type TarFile, tarHeader, tarPadding } from './tar-bytes.ts';
export { unpackArchive, type UnpackOptions } from './unpack-archive.ts';
export { type VerifiedArchive, verifyArchive } from './verify-archive.ts';
