export { filesIntegrity } from './files-integrity.ts';
export { digestFile, integrityOf, integrityOfFile, integrityOfStream } from './integrity-of.ts';
