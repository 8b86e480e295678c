export {
  assembleBin,
  assembleRoot,
  assembleSnapshot,
  assembleTargets,
  assembleTimestamp,
  divideIntoBins,
  isDue,
  nextVersion,
  type LogDeclaration,
  type RoleKeys,
  type RootRoles,
  type Term,
} from './assemble.ts';
export { MOST_IN_BIN, binNames, binOf, bitLengthFor, delegatedSigners, type Bins } from './bins.ts';
export {
  METADATA_LIMIT_BYTES,
  canonicalBytes,
  parseMetadata,
  type Metadata,
  type MetadataByKind,
  type MetadataKind,
} from './metadata.ts';
export type { SignatureQuestion, TrustCrypto } from './ports.ts';
export {
  assertTarget,
  findTarget,
  refreshTrust,
  resumeTrust,
  type FindPorts,
  type FoundTarget,
  type RefreshPorts,
  type TrustState,
  type TrustedIndex,
} from './refresh.ts';
export {
  assertFresh,
  fileOf,
  nextRoot,
  snapshotOf,
  trustRoot,
  verifyBin,
  verifySnapshot,
  verifyTargets,
  verifyTimestamp,
} from './roles.ts';
export { toTrustSettings, type TrustSettings } from './settings.ts';
export { TARGETS_ROUTE, TRUST_ROUTE, isSignedPath } from '../layout/index.ts';
export { assertSigned, countSigners, keyIdOf, toTrustKey, type Signers } from './signatures.ts';
