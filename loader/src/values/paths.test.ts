import { expect, test } from 'vitest';
import { resolvePaths } from './paths.ts';

const manifest = {
  permissions: {
    network: ['${DATABASE_URL}'],
    filesystem: { read: ['./templates', '${POLICY_FILE}'], write: ['${OUT_DIR}'] },
    childProcess: [],
    env: [],
    nativeAddons: false,
    workers: false,
    codeGeneration: false,
  },
};

test('paths that are granted start at the project, and nothing else is changed', () => {
  const values = { policyFile: 'policy.yaml', outDir: '/var/out', databaseUrl: 'db/x', other: 'a' };
  expect(resolvePaths(manifest, values, '/home/me/app')).toEqual({ ...values, policyFile: '/home/me/app/policy.yaml' });
});

test('what is missing, empty or no text stays as it is', () => {
  for (const values of [{}, { policyFile: ' ' }, { policyFile: 7 }])
    expect(resolvePaths(manifest, values, '/home/me/app')).toEqual(values);
});
