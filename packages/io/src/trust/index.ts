export { createTrustCrypto } from './crypto.ts';
export { readFolderFile, readServedFile } from './read-served.ts';
export {
  KEY_VARIABLE_PREFIX,
  checkKeyNames,
  findOrMakeKey,
  makeKeyFile,
  readKeyFolder,
  readKeyVariables,
  signMetadata,
  signersFor,
  toMetadataBytes,
  type Signer,
} from './signers.ts';
export { readTrustFolder, writeTrustFile, type TrustFolder } from './trust-folder.ts';
