import { describe, expect, test } from 'vitest';
import { hasPrivateKey, isNeverPacked, mayHoldPrivateKey } from './never-packed.ts';

const NAME = '@acme/hello';

describe('isNeverPacked', () => {
  test.each([
    'node_modules/ws/index.js',
    'lib/node_modules/ws/index.js',
    '.git/config',
    'sub/.git',
    '.env',
    '.env.production',
    'config/.envrc',
    'npm-shrinkwrap.json',
    '.npmrc',
    'lib/.netrc',
    'id_rsa',
    'keys/id_ed25519',
    'certs/client.P12',
    'release.keystore',
    'acme-hello-1.0.0.tgz',
  ])('leaves out %s', (path) => {
    expect(isNeverPacked(path, NAME)).toBe(true);
  });

  test.each([
    'index.js',
    'environment.js',
    'id_rsa.pub',
    'fixtures/sample.tgz',
    'acme-hello.js',
    '.github/workflows/ci.yml',
    'docs/node_modules.md',
  ])('packs %s', (path) => {
    expect(isNeverPacked(path, NAME)).toBe(false);
  });
});

describe('private keys', () => {
  test.each(['server.pem', 'lib/tls.KEY'])('are looked for in %s', (path) => {
    expect(mayHoldPrivateKey(path)).toBe(true);
  });

  test('are not looked for elsewhere', () => {
    expect(mayHoldPrivateKey('keyboard.js')).toBe(false);
  });

  test.each(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])('are found by their header: %j', (kind) => {
    expect(hasPrivateKey(`-----BEGIN ${kind}PRIVATE KEY-----\nMIIE\n`)).toBe(true);
  });

  test.each(['CERTIFICATE', 'PUBLIC KEY'])('are not seen in a %s', (kind) => {
    expect(hasPrivateKey(`-----BEGIN ${kind}-----\nMIIE\n`)).toBe(false);
  });
});
