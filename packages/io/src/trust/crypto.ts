import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SignatureQuestion, TrustCrypto } from '@ar-registry/core/trust';

/** What core checks signatures with. Public keys and signatures may be anything. */
export function createTrustCrypto(): TrustCrypto {
  return {
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    verifyEd25519,
  };
}

/** @source RFC 8410 §4: what stands before the 32 bytes of an ed25519 key in a SubjectPublicKeyInfo */
export const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function verifyEd25519({ bytes, publicKey, signature }: SignatureQuestion): boolean {
  if (!/^[0-9a-f]{64}$/.test(publicKey) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, bytes, key, Buffer.from(signature, 'hex'));
}
