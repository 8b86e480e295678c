import type { OsvRecord } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import type { Advisory } from '../advisory/index.ts';
import { auditPlugins, auditToSarif, isAtLeast, type AuditedPlugin, type FoundSeverity } from './index.ts';

const record = (changes: Partial<OsvRecord> = {}): OsvRecord => ({
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Path traversal',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'tar' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '7.5.2' }] }],
    },
  ],
  ...changes,
});
const plugin = (changes: Partial<AuditedPlugin> = {}): AuditedPlugin => ({
  name: '@acme/hello',
  version: '1.0.0',
  advisories: [],
  packages: [{ name: 'tar', version: '7.5.1' }],
  ...changes,
});
const advisory = (action: Advisory['action']): Advisory => ({
  id: `AR-2026-000${action.length}`,
  plugin: '@acme/hello',
  affected: { versions: ['1.0.0'] },
  action,
  reason: 'Sends tokens\nto a stranger.',
  modified: '2026-05-01T00:00:00Z',
});
const severityOf = (changes: Partial<OsvRecord>): FoundSeverity | undefined =>
  auditPlugins([plugin()], new Map([['tar', [record(changes)]]]))[0]?.severity;

describe('auditPlugins', () => {
  it('finds what the database knows of a package, and which version has it no more', () => {
    expect(auditPlugins([plugin()], new Map([['tar', [record()]]]))).toMatchObject([
      {
        plugin: '@acme/hello',
        dependency: { name: 'tar', version: '7.5.1' },
        fixed: '7.5.2',
        summary: 'Path traversal',
      },
    ]);
    expect(
      auditPlugins([plugin({ packages: [{ name: 'tar', version: '7.5.2' }] })], new Map([['tar', [record()]]])),
    ).toEqual([]);
    expect(auditPlugins([plugin()], new Map())).toEqual([]);
  });

  it('puts what its registry knows of a plugin on one line, the gravest first', () => {
    const found = auditPlugins([plugin({ advisories: [advisory('warn'), advisory('block-load')] })], new Map());
    expect(found.map(({ severity, action }) => [severity, action])).toEqual([
      ['critical', 'block-load'],
      ['moderate', 'warn'],
    ]);
    expect(found[0]?.summary).not.toContain('\n');
  });

  it.each<[FoundSeverity, string, Partial<OsvRecord>]>([
    ['moderate', 'the word of the database', { database_specific: { severity: 'MODERATE' } }],
    ['moderate', 'another word for it', { database_specific: { severity: 'Medium' } }],
    [
      'critical',
      'its score',
      { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] },
    ],
    [
      'critical',
      'the higher of two scores',
      {
        severity: [
          { type: 'CVSS_V3', score: 'CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N' },
          { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' },
        ],
      },
    ],
    ['low', 'a low score', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N' }] }],
    ['critical', 'malware', { id: 'MAL-2026-1' }],
    ['unknown', 'half a score', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }] }],
    ['unknown', 'no score', { severity: [{ type: 'CVSS_V3', score: 'very bad' }] }],
    ['unknown', 'nothing at all', { database_specific: { severity: '__proto__' } }],
  ])('is %s by %s', (severity, _by, changes) => {
    expect(severityOf(changes)).toBe(severity);
  });
});

it('counts what nobody rated as the gravest', () => {
  expect(isAtLeast('unknown', 'critical')).toBe(true);
  expect(isAtLeast('moderate', 'high')).toBe(false);
  expect(isAtLeast('high', 'high')).toBe(true);
});

it('writes SARIF with a rule for each id and a result for each finding', () => {
  const two = [plugin(), plugin({ name: '@acme/other' })];
  const sarif = auditToSarif({
    findings: auditPlugins(two, new Map([['tar', [record()]]])),
    version: '1.2.3',
    couldNotRun: ['Nobody was there.'],
    lockFile: 'ar-plugins.lock',
  });
  expect(sarif).toMatchObject({
    runs: [
      {
        tool: { driver: { rules: [{ id: 'GHSA-aaaa-bbbb-cccc' }] } },
        invocations: [{ executionSuccessful: false }],
        results: [{ ruleIndex: 0 }, { ruleIndex: 0 }],
      },
    ],
  });
});
