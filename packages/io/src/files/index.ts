export { makeFolder } from './make-folder.ts';
export { readTextIfExists, readTextOrPipe, removeFolder } from './files.ts';
export { replaceFile, stageFiles, writableTarget, writeAtomically } from './write-atomically.ts';
export { translateFileError } from './errors.ts';
