import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { auditPlugins, auditToSarif } from '../src/audit/index.ts';

/** The schema of OASIS, of draft 4, of which it uses nothing that later drafts changed. */
const {
  $schema: _draft,
  id: _id,
  ...schema
} = JSON.parse(
  readFileSync(new URL('../../checks/test/support/sarif-2.1.0.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

const REVOKED = {
  id: 'AR-2026-0001',
  plugin: '@acme/hello',
  affected: { ranges: [{ type: 'SEMVER' as const, events: [{ introduced: '0' }] }] },
  action: 'block-load' as const,
  reason: 'Sends tokens to a stranger.',
  modified: '2026-05-01T00:00:00Z',
};

it('is SARIF as its schema has it, with findings and without', () => {
  const audited = { name: '@acme/hello', version: '1.0.0', packages: [], advisories: [REVOKED] };
  const findings = auditPlugins([audited], new Map());
  expect(findings).toHaveLength(1);
  for (const found of [findings, []]) {
    const about = { version: '1.2.3', couldNotRun: ['Nobody was there.'], lockFile: 'ar-plugins.lock' };
    isSarif(auditToSarif({ ...about, findings: found }));
    expect(isSarif.errors).toBeNull();
  }
});
