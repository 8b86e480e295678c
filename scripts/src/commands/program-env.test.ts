import { expect, it } from 'vitest';
import { programEnv } from './program-env.ts';

it('hands on what is needed to reach the internet, and no secret', () => {
  const env = {
    PATH: '/bin',
    GITHUB_TOKEN: 'secret',
    HTTPS_PROXY: 'http://me:secret@proxy.example',
    http_proxy: 'http://proxy.example',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    NODE_OPTIONS: '--require ./x.js',
    NO_PROXY: undefined,
  };
  expect(programEnv(env)).toEqual({
    PATH: '/bin',
    http_proxy: 'http://proxy.example',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  });
});
