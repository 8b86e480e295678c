import { ArError } from '@ar-registry/core/errors';
import { finding, toFindingDocument } from '@ar-registry/core/findings';
import { validator as isErrorOutput } from '@ar-registry/schemas/validators/cli/error';
import { describe, expect, it } from 'vitest';
import { describeFailure, failureDocument, presentFailure, presentTrace } from './error.ts';
import { findingsOf, presentFindings } from './findings.ts';
import { renderPage } from './text.ts';

describe('a failure', () => {
  it('is told with code, sentence and remedy', () => {
    const failure = describeFailure(new ArError('FOLDER_NOT_EMPTY', { folder: 'x' }));
    expect(failure.exitCode).toBe(1);
    expect(renderPage(presentFailure(failure), { color: false })).toMatch(
      /^error\[FOLDER_NOT_EMPTY\]: .+\nhelp: .+\n$/,
    );
  });

  it('that is no error of ours is a bug, exits with 70 and asks for a report', () => {
    const failure = describeFailure(new TypeError('x is not a function'));
    expect(failure).toMatchObject({ code: 'BUG', exitCode: 70 });
    expect(failure.remedy).toContain('report');
    expect(describeFailure('thrown text')).toMatchObject({ code: 'BUG', message: 'thrown text' });
  });

  it('is told to programs in the form of its schema', async () => {
    for (const error of [new Error('x'), new ArError('GIT_FAILED', { doing: 'a', reason: 'b' })])
      expect(isErrorOutput(await failureDocument(error, describeFailure(error))).ok).toBe(true);
  });

  it('is told with all that led to it', () => {
    const error = new ArError('GIT_FAILED', { doing: 'a', reason: 'b' }, { cause: new Error('deeper') });
    const text = renderPage(presentTrace(error), { color: false });
    expect(text).toContain('ArError');
    expect(text).toMatch(/caused by:\nError: deeper\n +at /);
  });
});

it('shows no password of an address, even in what nobody expected', () => {
  const error = new Error('cannot read https://me:hush@example.com/x', { cause: new Error('a://b:hush@c') });
  const shown = `${describeFailure(error).message}${renderPage(presentTrace(error), { color: false })}`;
  expect(shown).toContain('https://example.com/x');
  expect(shown).not.toContain('hush');
});

describe('findings of an error', () => {
  const found = finding('README_MISSING', { file: 'ar-plugin.yaml' }, {});
  const error = new ArError('FINDINGS', { subject: 'x', errors: 1, findings: [found] });

  it('are in the document for programs', async () => {
    const document = await failureDocument(error, describeFailure(error));
    expect(document).toMatchObject({ error: { code: 'FINDINGS' }, findings: [{ code: 'README_MISSING' }] });
  });

  it('are printed before it, without a place or frame where there is none', () => {
    const text = renderPage(presentFindings(findingsOf(error)), { color: false });
    expect(text).toMatch(/^ar-plugin\.yaml error README_MISSING .+\nhelp: .+\n$/);
    expect(findingsOf(new Error('x'))).toEqual([]);
  });

  it.each([
    ['of a line', { line: 3, column: 5 }, ['ar-plugin.yaml:3:5 ', '\n  3 | api.example.com\n']],
    ['without a place', { line: 1, column: 1 }, ['ar-plugin.yaml ', '\n   | api.example.com\n']],
  ] as const)('show the evidence of a report, %s, as what it is', (_what, place, [head, evidence]) => {
    const reported = { ...toFindingDocument(found), ...place, evidence: 'api.example.com' };
    const text = renderPage(presentFindings([reported]), { color: false });
    expect([text.startsWith(head), text.includes(evidence)]).toEqual([true, true]);
  });
});
