import { expect, test } from 'vitest';
import { integrityOf } from '../digest/index.ts';
import { verifyArchive } from './verify-archive.ts';

const BYTES = Buffer.from('archive');

test('bytes with the expected digest are verified', () => {
  const integrity = integrityOf(BYTES);
  expect(verifyArchive(BYTES, integrity, '@acme/hello@1.0.0')).toEqual({
    bytes: BYTES,
    integrity,
    label: '@acme/hello@1.0.0',
  });
});

test.each(['archivf', '', 'archive '])('other bytes are not: %j', (text) => {
  const expected = integrityOf(BYTES);
  expect(() => verifyArchive(Buffer.from(text), expected, 'x.tgz')).toThrow(
    expect.objectContaining({
      code: 'INTEGRITY_MISMATCH',
      facts: expect.objectContaining({ archive: 'x.tgz', expected }),
    }),
  );
});

test.each(['', 'sha512-', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='])('nothing fits an expected digest of %j', (expected) => {
  expect(() => verifyArchive(BYTES, expected, 'x.tgz')).toThrow(
    expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }),
  );
});
