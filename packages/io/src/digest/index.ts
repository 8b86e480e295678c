export { filesIntegrity } from './files-integrity.ts';
export { readRegularFile } from './regular-file.ts';
export { digestFile, integrityOf, integrityOfFile, integrityOfStream } from './integrity-of.ts';
