/** How far an advisory as it is served is one of OSV's: what the guide for revoking says of it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The keys of a record at the top. @source OSV schema 1.7.4, "Format Overview" */
const OF_OSV = new Set([
  'schema_version',
  'id',
  'modified',
  'published',
  'withdrawn',
  'aliases',
  'upstream',
  'related',
  'summary',
  'details',
  'severity',
  'affected',
  'references',
  'credits',
  'database_specific',
]);
/** @source the same, "references field" and "severity[].type field" */
const REFERENCE_TYPES = ['ADVISORY', 'ARTICLE', 'DETECTION', 'DISCUSSION', 'REPORT', 'FIX', 'INTRODUCED', 'GIT'].concat(
  ['PACKAGE', 'EVIDENCE', 'WEB'],
);
const SEVERITY_TYPES = ['CVSS_V2', 'CVSS_V3', 'CVSS_V4', 'Ubuntu'];

type Schema = { readonly properties: Readonly<Record<string, unknown>> };
const schemaOf = (file: string): string =>
  readFileSync(new URL(`../../../schemas/v1/${file}.schema.json`, import.meta.url), 'utf8');
const enumsIn = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/"enum": (\[[^\]]*\])/g)].map(([, list = '[]']) => JSON.parse(list) as string[]);

it('has the keys of OSV at the top of an advisory, and the three that the guide names', () => {
  const { properties } = JSON.parse(schemaOf('api/advisory')) as Schema;
  const own = Object.keys(properties).filter((key) => !OF_OSV.has(key));
  expect(own.toSorted()).toEqual(['action', 'replacement', 'schemaVersion']);
  const guide = readFileSync(new URL('../../../docs/guides/runbook-revoke-version.md', import.meta.url), 'utf8');
  expect(guide).toContain('`schemaVersion`, `action`, `replacement`');
});

it('knows no types of references and severities that OSV does not', () => {
  const [references = []] = enumsIn(schemaOf('api/advisory')).filter((list) => list.includes('ADVISORY'));
  const [severities = []] = enumsIn(schemaOf('common')).filter((list) => list.includes('CVSS_V3'));
  expect(references.length * severities.length).toBeGreaterThan(0);
  expect(references.filter((type) => !REFERENCE_TYPES.includes(type))).toEqual([]);
  expect(severities.filter((type) => !SEVERITY_TYPES.includes(type))).toEqual([]);
});
