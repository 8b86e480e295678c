export { askRegistry, askTiles, type AskedPlugin, type AskedVersion } from './ask-registry.ts';
export { addingAdvisories, bundledParts } from './bundled-client.ts';
export { collectTarballs, type DependentPlugin } from './collect-npm.ts';
export { openBundle, type Bundle } from './open-bundle.ts';
export { readPinnedArchive, tarballsIn } from './pinned-files.ts';
export { repack } from './repack.ts';
export { answerFrom, readRecorded, recordTo, servedIn, type Recording, type ServedFiles } from './served-files.ts';
export { writeBundle, type ReadyFile, type WrittenBundle } from './write-bundle.ts';
