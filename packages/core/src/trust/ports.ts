/** What checking needs of the outside world. io implements it with node:crypto. */
export interface TrustCrypto {
  /** SHA-256 in lower-case hexadecimal. */
  sha256(bytes: Uint8Array): string;
  /** Whether this is an ed25519 signature (RFC 8032) over `bytes`; false for whatever is malformed. */
  verifyEd25519(question: SignatureQuestion): boolean;
}

export interface SignatureQuestion {
  readonly bytes: Uint8Array;
  /** 32 bytes in hexadecimal. Attacker-controlled until the key is trusted. */
  readonly publicKey: string;
  /** Hexadecimal, attacker-controlled. */
  readonly signature: string;
}
