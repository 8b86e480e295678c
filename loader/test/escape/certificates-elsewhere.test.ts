import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

/** Self-signed; what is read past the permission model are certificates alone, so it takes one. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBeTCCASGgAwIBAgIUC1jfmgPx2PCyxZfdT+RERk8U21AwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHb3V0c2lkZTAgFw0yNjExMjMxMTIwNThaGA8yMTI2MTAzMDEx
MjA1OFowEjEQMA4GA1UEAwwHb3V0c2lkZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABFRgooVbhaUfKsCpKGJ5mPMl66H9ji14043wiE/di849ZslLGGGskUg9ytmI
k/ssRszk5Ceqe766I9CDfHnj2tajUzBRMB0GA1UdDgQWBBTvtt5g1YMbc5rj/tqT
/Cp1APl8ujAfBgNVHSMEGDAWgBTvtt5g1YMbc5rj/tqT/Cp1APl8ujAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0YAMEMCHwgvIdy0pgL0K80oSRQ5hQ0IOAud
tgw0PvVGFX/naQECIEUC2UcjUakCfMop/GrvfwqpOz1Jisl0Zn/mJG+xzzSS
-----END CERTIFICATE-----
`;
const dir = mkdtempSync(join(tmpdir(), 'ar-certificates-'));
const file = join(dir, 'outside.pem');
beforeAll(() => writeFileSync(file, CERTIFICATE));
afterAll(() => rmSync(dir, { recursive: true }));

escapeTest('the certificates of the system are read from nowhere else', {
  attempts: () => `
    const env = process.env;
    export const attempts = {
      control: async () => ((await import('node:tls')).getCACertificates('bundled').length > 0 ? 'works' : ''),
      system: async () => {
        process.env = {};
        env.SSL_CERT_FILE = ${JSON.stringify(file)};
        const found = (await import('node:tls')).getCACertificates('system');
        if (!found.some((one) => one.includes(${JSON.stringify(CERTIFICATE.slice(28, 92))}))) throw new Error('not read');
        return 'read';
      },
    };`,
});
