export { readTrustedRoot, type TrustedRoot } from './trusted-root.ts';
export {
  inspectProvenance,
  verifyProvenance,
  type ProvenanceClaim,
  type VerifiedProvenance,
} from './verify-provenance.ts';
