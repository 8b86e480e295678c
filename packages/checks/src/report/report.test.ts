import { finding } from '@ar-registry/core/findings';
import { validator } from '@ar-registry/schemas/validators/report';
import type { Check, CheckResult, ReportedFinding } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReport, decide, labelsFor, resultOf, SUBMISSION_LABELS, toCheck } from '../index.ts';
import { reportOf, submissionOf } from '../../test/support/sample-report.ts';

const at = { file: 'ar-plugin.yaml' };
const error = finding('README_MISSING', at, {});
const warning = finding('CATEGORY_UNKNOWN', at, { category: 'x' });
const review = finding('REVIEW_REQUIRED', at, { what: 'it is new' });
const of = (...checks: readonly Check[]): string => decide({ checks, versions: [] }).decision;
const check = (result: CheckResult): Check => ({ id: 'scan', result, findings: [] });

describe('a check', () => {
  it.each([
    ['passes without findings', [], [{}, 'pass']],
    ['passes with warnings', [warning], [{}, 'pass']],
    ['fails for an error', [warning, error], [{}, 'fail']],
    ['that could not run is no pass', [warning], [{ couldNotRun: 'It is too old.' }, 'could-not-run']],
    ['that found an error before it stopped fails', [error], [{ couldNotRun: 'It is too old.' }, 'fail']],
  ] as const)('%s', (_title, findings, [options, result]) => {
    expect(toCheck('package', findings, options).result).toBe(result);
  });

  it('tells why it could not run, else what there was', () => {
    expect(toCheck('package', [], { reason: 'a', couldNotRun: 'b' }).reason).toBe('b');
    expect(toCheck('package', [], { reason: 'a' }).reason).toBe('a');
    expect(toCheck('package', [])).not.toHaveProperty('reason');
  });

  it('keeps errors before warnings, counts the rest, and fails all the same', () => {
    const many = [...Array.from({ length: 1500 }, () => warning), error];
    const { result, findings, omitted } = toCheck('package', many);
    expect([result, findings.length, omitted]).toEqual(['fail', 1000, 501]);
    expect(findings.at(-1)?.code).toBe('README_MISSING');
  });

  it('fits the schema whatever it holds', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6000 });
    const any: fc.Arbitrary<ReportedFinding> = fc.record({
      code: text,
      severity: fc.constantFrom('error', 'warning'),
      file: text,
      line: fc.integer(),
      column: fc.integer(),
      path: text,
      message: text,
      remedy: text,
      category: text,
      evidence: text,
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), text, (findings, couldNotRun) => {
        const checks = [toCheck('scan', findings, { couldNotRun })];
        expect(validator(reportOf({ checks }))).toMatchObject({ ok: true });
      }),
    );
  });
});

describe('a report', () => {
  const { name, version, integrity } = reportOf({});
  const contents = { ...reportOf({}), checks: [toCheck('package', []), toCheck('secrets', [])] };

  it('has its checks in one order, whatever is handed in', () => {
    const checks = [toCheck('source', []), toCheck('archive', [])];
    const report = buildReport({ name, version, integrity, contents, checks });
    expect(report.checks.map(({ id }) => id)).toEqual(['archive', 'package', 'secrets', 'source']);
    expect(validator(report)).toMatchObject({ ok: true });
  });

  it('of an archive that was not opened is no pass', () => {
    const report = buildReport({ name, version, integrity, contents: undefined, checks: [toCheck('archive', [])] });
    expect(validator(report)).toMatchObject({ ok: true });
    expect(report.result).toBe('could-not-run');
    const failed = buildReport({
      name,
      version,
      integrity,
      contents: undefined,
      checks: [toCheck('archive', [error])],
    });
    expect(failed.result).toBe('fail');
  });

  it.each<[CheckResult, readonly CheckResult[]]>([
    ['pass', []],
    ['pass', ['pass', 'pass']],
    ['could-not-run', ['pass', 'could-not-run']],
    ['fail', ['could-not-run', 'fail', 'pass']],
  ])('is %s for %j', (result, results) => {
    expect(resultOf(results.map(check))).toBe(result);
  });
});

describe('the decision', () => {
  it('is to merge what passed', () => {
    expect(decide({ checks: [toCheck('rules', [warning])], versions: [reportOf({})] })).toEqual({
      decision: 'merge',
      reasons: [],
    });
  });

  it('is to review what a rule leaves to a person, and what could not run', () => {
    expect(of(toCheck('rules', [review]))).toBe('review');
    expect(of(toCheck('scan', [], { couldNotRun: 'x' }))).toBe('review');
  });

  it('is to refuse an error, in the change or in any version', () => {
    expect(of(toCheck('rules', [review, error]))).toBe('refuse');
    const versions = [reportOf({}), reportOf({ checks: [toCheck('secrets', [error])] })];
    const { decision, reasons } = decide({ checks: [], versions });
    expect(decision).toBe('refuse');
    expect(reasons).toHaveLength(1);
  });

  it('refuses a failed check though its findings were lost', () => {
    expect(of(check('fail'))).toBe('refuse');
  });
});

describe('labels', () => {
  it.each([
    ['checks-passed', 'pass'],
    ['checks-failed', 'fail'],
    ['checks-incomplete', 'could-not-run'],
  ] as const)('%s', (label, result) => {
    expect(labelsFor(submissionOf({ versions: [reportOf({ checks: [check(result)] })] }))).toEqual([label]);
  });

  it('say what a reviewer looks for', () => {
    const topics = (['new-plugin', 'new-scope'] as const).map((topic) =>
      finding('REVIEW_REQUIRED', at, { what: 'it is new', topic }),
    );
    const permissions = { ...reportOf({}).permissions, change: { from: '1.0.0' as const, added: ['x'], removed: [] } };
    const labels = labelsFor(
      submissionOf({
        decision: 'review',
        checks: [toCheck('rules', topics)],
        versions: [reportOf({ permissions })],
      }),
    );
    expect(labels).toEqual(['checks-passed', 'needs-review', 'new-plugin', 'new-scope', 'permissions-widened']);
    expect(labels.every((label) => SUBMISSION_LABELS.includes(label))).toBe(true);
  });
});
