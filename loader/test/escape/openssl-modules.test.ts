import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';

escapeTest('OpenSSL loads no code and reads no keys for the plugin', {
  attempts: ({ secretFile }) => `
    import crypto from 'node:crypto';
    import fs from 'node:fs';
    import tls from 'node:tls';
    import { pathToFileURL } from 'node:url';
    const own = ({ dataDir }) => { fs.writeFileSync(dataDir + '/own.so', 'no library'); return dataDir + '/own.so'; };
    /** Where it tried to load the file, it says that the file is none. */
    const refused = (load) => (context) => {
      const file = own(context);
      try { load(file); } catch (error) { if (error.code === 'ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED') throw error; return error.message; }
      return 'loaded';
    };
    export const attempts = {
      control: () => (crypto.createHash('sha256').update('a').digest('hex').length === 64 ? 'works' : ''),
      engine: refused((file) => crypto.setEngine(file)),
      certificates: refused((file) => tls.createSecureContext({ clientCertEngine: file })),
      keys: refused((file) => tls.createSecureContext({ privateKeyEngine: file, privateKeyIdentifier: 'x' })),
      store: () => crypto.createPrivateKey(pathToFileURL(${JSON.stringify(secretFile)})),
      storeNamed: () => crypto.createPrivateKey({ key: ${JSON.stringify(`file:${secretFile}`)}, format: 'store' }),
      locations: () => {
        // As long as it is only said where they are, nothing is loaded from there.
        for (const name of ['OPENSSL_MODULES', 'OPENSSL_ENGINES', 'OPENSSL_CONF']) process.env[name] = ${JSON.stringify(secretFile)};
        return crypto.createCipheriv('bf-cbc', Buffer.alloc(16), Buffer.alloc(8));
      },
    };`,
  observe: ({ outside, results }) => [readFileSync(outside.secretFile, 'utf8') === outside.secret, results['store']],
  observed: [true, expect.objectContaining({ threw: expect.anything() as unknown }) as unknown],
});
