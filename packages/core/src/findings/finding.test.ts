import { validator } from '@ar-registry/schemas/validators/finding';
import { describe, expect, it } from 'vitest';
import { finding, isError, severityOf, sortFindings, toFindingDocument, type Finding, type Place } from './index.ts';

const at = (file: string, place: Omit<Place, 'file'> = {}): Finding =>
  finding('README_MISSING', { file, ...place }, {});

describe('toFindingDocument', () => {
  it('fits its schema, with a place and without one', () => {
    expect(validator(toFindingDocument(at('README.md', { line: 1, column: 2, path: 'a.b' }))).ok).toBe(true);
    expect(validator(toFindingDocument(at('README.md'))).ok).toBe(true);
  });

  it('has the same keys whatever is known of the place', () => {
    expect(toFindingDocument(at('README.md'))).toMatchObject({ line: 1, column: 1, path: '' });
    const placed = toFindingDocument(at('README.md', { line: 3, column: 2, path: 'a.b' }));
    expect(Object.keys(placed)).toEqual(Object.keys(toFindingDocument(at('README.md'))));
  });

  it('does not hand on what a file name would do to a terminal', () => {
    expect(toFindingDocument(at('a\u001b[2J\nb')).file).toBe('a b');
  });
});

describe('severity', () => {
  it('tells errors from warnings', () => {
    expect(severityOf('CATEGORY_UNKNOWN')).toBe('warning');
    expect(isError(at('README.md'))).toBe(true);
    expect(isError(finding('CATEGORY_UNKNOWN', { file: 'x' }, { category: 'x' }))).toBe(false);
  });
});

describe('sortFindings', () => {
  it('orders by file, line, column, code and path, whatever the order before', () => {
    const other = finding('LICENSE_FILE_MISSING', { file: 'b', line: 2, column: 1 }, {});
    const sorted = [
      at('a'),
      at('a', { line: 9 }),
      at('b', { line: 1 }),
      at('b', { line: 2 }),
      other,
      at('b', { line: 2, column: 1 }),
      at('b', { line: 2, column: 1, path: 'x' }),
      at('c'),
    ];
    expect(sortFindings(sorted.toReversed())).toEqual(sorted);
  });

  it('does not change its argument', () => {
    const findings = [at('b'), at('a')];
    sortFindings(findings);
    expect(findings.map(({ at: { file } }) => file)).toEqual(['b', 'a']);
  });
});
