export { makeFolder } from './make-folder.ts';
export { readTextIfExists, removeFolder } from './files.ts';
export { replaceFile, writeAtomically } from './write-atomically.ts';
export { translateFileError } from './errors.ts';
