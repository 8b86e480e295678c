export { MANIFEST_TEXT, pluginWith } from './attack.ts';
export { zerosBomb } from './attacks/limits.ts';
export { type HostileArchive, hostileArchives } from './hostile-archives.ts';
export { type OddArchive, oddArchives } from './odd-archives.ts';
export { paxHeader, rawEntry, type RawEntry, rawGzip, rawTar } from './raw-tar.ts';
export { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from './sample-plugin.ts';
