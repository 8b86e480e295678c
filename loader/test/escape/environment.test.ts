import { afterAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const SECRET = 'host-variable-c0ffee';
Object.assign(process.env, { AR_TEST_SECRET: SECRET, AR_TEST_DECLARED: 'declared', AR_TEST_OTHER: SECRET });
afterAll(() => {
  for (const name of ['AR_TEST_SECRET', 'AR_TEST_DECLARED', 'AR_TEST_OTHER']) delete process.env[name];
});

escapeTest('only declared variables are seen, and none that rule how programs start', {
  permissions: { env: ['AR_TEST_DECLARED', 'NODE_OPTIONS', 'LD_PRELOAD'] },
  relay: {
    env: { ...process.env, NODE_OPTIONS: '--import=/nowhere.js', LD_PRELOAD: '/nowhere.so' },
  },
  attempts: () => `
    export const attempts = {
      control: () => (process.env.AR_TEST_DECLARED === 'declared' ? 'works' : JSON.stringify(process.env)),
      all: () => ({ ...process.env }),
      options: () => String(process.env.NODE_OPTIONS) + process.execArgv.filter((arg) => arg.includes('nowhere')),
      report: () => Object.keys(process.report.getReport().environmentVariables ?? {}),
    };`,
  returns: { all: { AR_TEST_DECLARED: 'declared' }, options: 'undefined', report: ['AR_TEST_DECLARED'] },
  observe: ({ results, planted }) => [
    JSON.stringify(results).includes(SECRET),
    planted.log().includes('env NODE_OPTIONS'),
  ],
  observed: [false, true],
});
