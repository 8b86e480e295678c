import { grantAll } from '@ar-registry/core/permission';
import { expect, test } from 'vitest';
import { effectiveGrants } from './policy.ts';

test('a plugin has what is both declared and granted', () => {
  const declared = grantAll({ network: ['a.example', 'b.example'], workers: true, filesystem: { read: ['${DIR}'] } });
  const granted = grantAll({ network: ['b.example', 'c.example'], codeGeneration: true, workers: true });
  expect(effectiveGrants(declared, granted)).toEqual(grantAll({ network: ['b.example'], workers: true }));
});

test('a plugin listens where that is both declared and granted', () => {
  const declared = grantAll({ listen: ['127.0.0.1:3000', '${PORT}'] });
  const granted = grantAll({ listen: ['${PORT}', '0.0.0.0:3000'] });
  expect(effectiveGrants(declared, granted).listen).toEqual(['${PORT}']);
});

test('a plugin has nothing of what was never granted', () => {
  const declared = grantAll({ network: ['a.example'], childProcess: ['git'], nativeAddons: true, env: ['HOME'] });
  expect(effectiveGrants(declared, grantAll({}))).toEqual(grantAll({}));
});
