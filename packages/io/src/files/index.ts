export { readTextIfExists, removeFolder, writeAtomically } from './files.ts';
export { translateFileError } from './errors.ts';
