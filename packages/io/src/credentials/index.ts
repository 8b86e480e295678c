export {
  findToken,
  parseToken,
  tokenOfEnvironment,
  tokenOfGh,
  type ForeignSource,
  type FoundToken,
  type TokenQuery,
} from './find-token.ts';
export { openKeychain, type Keychain } from './keychain.ts';
export {
  createCredentialStore,
  type CredentialPlace,
  type CredentialStore,
  type CredentialStoreOptions,
  type Removed,
} from './store.ts';
