import { afterAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const VARIABLES = { AR_TEST_URL: 'secret-of-the-daemon', AR_TEST_KEY: 'given', AR_TEST_NEVER: 'secret-of-the-daemon' };
Object.assign(process.env, VARIABLES);
afterAll(() => {
  for (const name of Object.keys(VARIABLES)) delete process.env[name];
});

escapeTest('a variable is handed over only where its value is the one that the plugin is configured with', {
  manifest: `config: { required: [AR_TEST_KEY], optional: [AR_TEST_URL, AR_TEST_ABSENT] }
provides: [{ bidirectional: true, external: outside, internal: inside }]
`,
  config: { AR_TEST_URL: 'https://example.com' },
  relay: { env: { ...process.env, ...VARIABLES } },
  attempts: () => `
    export const attempts = {
      control: ({ config }) => (config.arTestUrl === 'https://example.com' && config.arTestKey === 'given' ? 'works' : 'broken'),
      all: () => ({ ...process.env }),
    };`,
  returns: { all: { AR_TEST_KEY: 'given' } },
});
