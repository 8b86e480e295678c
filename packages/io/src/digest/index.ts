export { filesIntegrity } from './files-integrity.ts';
export { readRegularFile, withRegularFile } from './regular-file.ts';
export { digestFile, integrityOf, integrityOfFile, integrityOfSmallFile, integrityOfStream } from './integrity-of.ts';
