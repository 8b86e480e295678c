import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isArError } from '@ar-registry/core/errors';
import {
  CHECKPOINT_LIMIT_BYTES,
  openCheckpoint,
  parseCheckpoint,
  toBase64,
  toCheckpointText,
  toHex,
  toSignedNote,
  type LogIdentity,
  fromBase64,
} from '@ar-registry/core/transparency';
import { createTrustCrypto } from '../trust/index.ts';
import { sha256 as hash } from './hash.ts';

const crypto = { ...createTrustCrypto(), hash };

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const identity: LogIdentity = {
  origin: 'registry.example.com/log',
  publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex'),
};
const CHECKPOINT = { origin: identity.origin, size: 12, root: Uint8Array.from(hash(new Uint8Array([1]))) };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function note(text = toCheckpointText(CHECKPOINT), by: LogIdentity = identity): string {
  return toSignedNote(text, by, { signature: sign(null, bytesOf(text), privateKey).toString('hex'), sha256: hash });
}

describe('a checkpoint', () => {
  it('is read back as it was signed', () => {
    expect(openCheckpoint(bytesOf(note()), identity, crypto)).toEqual(CHECKPOINT);
    expect(parseCheckpoint(bytesOf(note()))).toEqual(CHECKPOINT);
    expect(note().split('\n').slice(0, 4)).toEqual(['registry.example.com/log', '12', toBase64(CHECKPOINT.root), '']);
    expect(note().length).toBeLessThan(300);
  });

  it('may have the signatures of witnesses besides', () => {
    const witness = `— witness.example.com/w ${toBase64(new Uint8Array(76))}\n`;
    expect(openCheckpoint(bytesOf(note() + witness), identity, crypto)).toEqual(CHECKPOINT);
  });

  it.each([
    ['no signature', () => note().replace(/\n— .*\n$/, '\n')],
    ['the signature of another text', () => note().replace('\n12\n', '\n13\n')],
    ['the name of another log', () => note(toCheckpointText({ ...CHECKPOINT, origin: 'other' }))],
    ['another name at its signature', () => note(undefined, { ...identity, origin: 'other' })],
    ['another key', () => note(undefined, { ...identity, publicKey: '00'.repeat(32) })],
    ['a size with a sign', () => note(`${identity.origin}\n+12\n${toBase64(CHECKPOINT.root)}\n`)],
    ['a size that no number can hold', () => note(`${identity.origin}\n9999999999999\n${toBase64(CHECKPOINT.root)}\n`)],
    ['a short hash', () => note(`${identity.origin}\n12\n${toBase64(new Uint8Array(31))}\n`)],
    ['no end of line', () => note().slice(0, -1)],
    ['a control character', () => note().replace('registry', 'regi\u001bstry')],
    ['too many signatures', () => note() + `— w ${toBase64(new Uint8Array(76))}\n`.repeat(40)],
    ['too many bytes', () => note() + ' '.repeat(CHECKPOINT_LIMIT_BYTES)],
    ['nothing', () => ''],
    ['a web page', () => '<!doctype html>\n\n<p>\n'],
  ])('with %s is refused', (_what, text) => {
    expect(() => openCheckpoint(bytesOf(text()), identity, crypto)).toThrow(
      expect.objectContaining({ code: 'LOG_CHECKPOINT_INVALID', exit: 3 }),
    );
  });

  it('throws nothing but refusals, whatever a server sends', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((line) => `${line}\n\n— ${line} ${line}\n`),
    );
    const bytes = fc.oneof(fc.uint8Array(), text.map(bytesOf));
    fc.assert(
      fc.property(bytes, (content) => {
        expect(codeOf(() => openCheckpoint(content, identity, crypto))).toBe('LOG_CHECKPOINT_INVALID');
      }),
    );
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return isArError(error) ? error.code : 'BUG';
  }
}

it('a note is that of other implementations', () => {
  /** @source golang.org/x/mod/sumdb/note, ExampleSign and ExampleOpen */
  const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const publicBytes = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12);
  const signed = toSignedNote(
    text,
    { origin: 'PeterNeumann', publicKey: publicBytes.toString('hex') },
    { signature: sign(null, bytesOf(text), key).toString('hex'), sha256: hash },
  );
  expect(signed).toBe(
    `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
  );
});

it('base64 is that of everybody, and only in the form that is written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(toHex(fromBase64(text) ?? new Uint8Array([9]))).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
  for (const text of ['A', 'AB', 'AAA', 'AB==', 'AA=', '====', 'AAAA='])
    expect([text, fromBase64(text)]).toEqual([text, undefined]);
});
