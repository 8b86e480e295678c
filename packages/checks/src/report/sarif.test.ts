import { readFileSync } from 'node:fs';
import type { ReportedFinding } from '@ar-registry/schemas';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSarif } from '../index.ts';
import { reportOf, submissionOf } from '../../test/support/sample-report.ts';

/** The schema of OASIS without its descriptions. It is of draft 4, of which it uses nothing that later drafts changed. */
const {
  $schema: _draft,
  id: _id,
  ...schema
} = JSON.parse(readFileSync(new URL('../../test/support/sarif-2.1.0.schema.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

const found = (changes: Partial<ReportedFinding> = {}): ReportedFinding => ({
  code: 'CODE_GENERATED',
  severity: 'error',
  file: 'dist/index.js',
  line: 3,
  column: 7,
  path: '',
  message: 'eval makes code.',
  remedy: 'Write it out.',
  evidence: 'eval(text)',
  ...changes,
});

const sample = submissionOf({
  checks: [
    { id: 'rules', result: 'fail', findings: [found({ code: 'NOT_OWNER', file: 'plugins/@acme/x y/plugin.yaml' })] },
  ],
  versions: [
    reportOf({
      checks: [
        {
          id: 'scan',
          result: 'fail',
          findings: [found(), found({ line: 9 }), found({ code: 'SOURCE_MINIFIED', severity: 'warning' })],
        },
        { id: 'dependencies', result: 'could-not-run', reason: 'It is too old.', findings: [] },
      ],
    }),
  ],
});

describe('SARIF', () => {
  it('fits its schema', () => {
    for (const report of [sample, submissionOf({}), submissionOf({ versions: [] })]) {
      isSarif(toSarif(report));
      expect(isSarif.errors).toBeNull();
    }
  });

  it('fits it whatever the report holds', () => {
    const text = fc.string({ unit: 'binary' });
    const finding = fc.record({ code: text, file: text, message: text, remedy: text, evidence: text }).map(found);
    fc.assert(
      fc.property(fc.array(finding), text, (findings, reason) => {
        const checks = [{ id: 'scan' as const, result: 'could-not-run' as const, reason, findings }];
        isSarif(toSarif(submissionOf({ checks, versions: [reportOf({ checks })] })));
        expect(isSarif.errors).toBeNull();
      }),
    );
  });

  it('has each rule once, and every result points to its own', () => {
    const run = toSarif(sample).runs[0];
    const rules = run?.tool.driver.rules?.map(({ id }) => id);
    expect(rules).toEqual(['CODE_GENERATED', 'NOT_OWNER', 'SOURCE_MINIFIED']);
    expect(run?.results?.every(({ ruleId, ruleIndex = -1 }) => rules?.[ruleIndex] === ruleId)).toBe(true);
    expect(run?.results).toHaveLength(4);
  });

  it('places results in the index or in the package, by escaped paths that stay there', () => {
    const report = submissionOf({
      checks: [{ id: 'rules', result: 'fail', findings: [found({ file: '../../a b/%2e#x' })] }],
    });
    const locations = [sample, report].flatMap((each) =>
      (toSarif(each).runs[0]?.results ?? []).map(
        ({ locations: [first] = [] }) => first?.physicalLocation?.artifactLocation,
      ),
    );
    expect(locations.map((location) => `${location?.uriBaseId ?? ''} ${location?.uri ?? ''}`)).toEqual([
      'INDEX plugins/%40acme/x%20y/plugin.yaml',
      '@acme/hello@1.0.0 dist/index.js',
      '@acme/hello@1.0.0 dist/index.js',
      '@acme/hello@1.0.0 dist/index.js',
      'INDEX a%20b/%252e%23x',
    ]);
  });

  it('says that it did not run to its end where a check could not run', () => {
    expect(toSarif(sample).runs[0]?.invocations?.[0]).toMatchObject({ executionSuccessful: false });
    expect(toSarif(submissionOf({})).runs[0]?.invocations?.[0]).toMatchObject({ executionSuccessful: true });
  });

  it('makes no link of a message', () => {
    const checks = [
      { id: 'scan' as const, result: 'fail' as const, findings: [found({ message: '[x](https://evil.example)' })] },
    ];
    const text = toSarif(submissionOf({ checks })).runs[0]?.results?.[0]?.message.text ?? '';
    expect(text.replaceAll(/\\./g, '')).not.toMatch(/[[\]]/);
  });
});
