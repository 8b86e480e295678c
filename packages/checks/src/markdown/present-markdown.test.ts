import type { Check, ReportedFinding, SubmissionReport } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { COMMENT_MARKER, presentMarkdown } from '../index.ts';
import { reportOf, submissionOf } from '../../test/support/sample-report.ts';

/** As generous as GitHub: addresses become links, HTML is read, tables are. */
const parser = new MarkdownIt({ html: true, linkify: true });

interface Rendered {
  /** Types of all tokens, those inside of lines among them. */
  readonly types: readonly string[];
  /** What is neither code nor markup. */
  readonly text: string;
}

function rendered(markdown: string): Rendered {
  const tokens = parser.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const text = tokens.filter(({ type }) => type === 'text').map(({ content }) => content);
  return { types: tokens.map(({ type }) => type), text: text.join('\n') };
}

const found = (changes: Partial<ReportedFinding>): ReportedFinding => ({
  code: 'CODE_GENERATED',
  severity: 'error',
  file: 'dist/index.js',
  line: 3,
  column: 7,
  path: '',
  message: 'eval makes code out of text at run time.',
  remedy: 'Write the code out.',
  ...changes,
});
const failing = (findings: ReportedFinding[]): Check => ({ id: 'scan', result: 'fail', findings });

const ATTACKS = [
  '@octocat',
  '@acme/team',
  'a@example.com',
  '#1',
  'acme/registry#1',
  'GH-1',
  'fixes #1',
  'https://evil.example/x',
  'www.evil.example',
  '[x](https://evil.example)',
  '[x]: https://evil.example',
  '[x][y]',
  '![x](https://evil.example/x.png)',
  '<img src=x>',
  '<script>alert(1)</script>',
  '<!-- x -->',
  '<https://evil.example>',
  '&lt;b&gt;',
  '`',
  '``',
  '```',
  '\n```\n',
  '\\`',
  '|',
  '\\|',
  '\n\n# heading\n\n',
  '\r\n---\r\n',
  '*bold*',
  '_x_',
  '~~x~~',
  '$x$',
  ':smile:',
  '[^1]',
  '[ ]',
  '\u202e',
  '\u0000',
  '​',
  COMMENT_MARKER,
  'word',
  ' ',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...ATTACKS), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...ATTACKS), { maxLength: 8 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const hostileFinding = fc.record({
  code: hostile,
  severity: fc.constantFrom('error' as const, 'warning' as const),
  file: hostile,
  line: fc.integer({ min: 1, max: 99 }),
  column: fc.integer({ min: 1, max: 99 }),
  path: hostile,
  message: hostile,
  remedy: hostile,
  category: hostile,
  evidence: hostile,
});
const hostileCheck = fc.record({
  id: fc.constant('scan' as const),
  result: fc.constantFrom('pass' as const, 'fail' as const, 'could-not-run' as const),
  reason: hostile,
  findings: fc.array(hostileFinding, { maxLength: 3 }),
});
const words = fc.array(hostile, { maxLength: 2 });
const hostileReport: fc.Arbitrary<SubmissionReport> = fc
  .record({
    text: hostile,
    words,
    checks: fc.array(hostileCheck, { maxLength: 2 }),
    dependency: fc.record({ name: hostile, version: hostile, advisories: words }),
  })
  .map(({ text, words: some, checks, dependency }) =>
    submissionOf({
      base: text,
      head: text,
      reasons: some,
      plugins: some,
      checks,
      versions: [
        reportOf({
          name: text,
          version: text,
          checks,
          dependencies: [dependency],
          source: { url: text, commit: text, reproducible: false },
          tools: { osv: text },
          permissions: {
            ...reportOf({}).permissions,
            declared: { ...reportOf({}).permissions.declared, network: some, childProcess: some },
            change: { from: text, added: some, removed: some },
          },
        }),
      ],
    }),
  );

describe('whatever a report holds', () => {
  it('nothing becomes a link, an image, HTML or a mention', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const { types, text } = rendered(presentMarkdown(report));
        expect(
          types.filter((type) =>
            /^(?:link|image|html_inline|fence|code_block|hr|blockquote|em|strong|s)(?:_|$)/.test(type),
          ),
        ).toEqual(['hr']);
        expect(types.filter((type) => type === 'html_block')).toHaveLength(1);
        expect(text).not.toMatch(/[@#<>[\]]|https?:|www\.|:smile:|GH-/);
      }),
      { numRuns: 500 },
    );
  });

  it('tables keep their form', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const { types } = rendered(presentMarkdown(report));
        const count = (type: string): number => types.filter((each) => each === type).length;
        expect(count('td_open') % 4).toBe(0);
        expect(count('td_open') / 4 + count('thead_open')).toBe(count('tr_open'));
      }),
      { numRuns: 200 },
    );
  });

  it('begins with the marker and is never too long', () => {
    fc.assert(
      fc.property(hostileReport, fc.integer({ min: 2000, max: 60_000 }), (report, maxLength) => {
        const text = presentMarkdown(report, { maxLength });
        expect(text.startsWith(`${COMMENT_MARKER}\n`)).toBe(true);
        expect(text.length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });
});

describe('the comment', () => {
  it('reads so', () => {
    const report = reportOf({
      checks: [failing([found({ evidence: 'eval(text)' }), found({ severity: 'warning', code: 'SOURCE_MINIFIED' })])],
      dependencies: [{ name: 'lodash', version: '4.17.20', advisories: ['GHSA-35jh-r3h4-6jhm'] }],
    });
    expect(presentMarkdown(submissionOf({ versions: [report], decision: 'refuse' }))).toMatchSnapshot();
  });

  it('fits in what GitHub takes, and tells how much it leaves out', () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      found({ line: index + 1, message: `at ${'x'.repeat(300)}` }),
    );
    const text = presentMarkdown(submissionOf({ versions: [reportOf({ checks: [failing(many)] })] }));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/^\d+ more are left out here\.$/m);
    expect(text).toContain('### Checks');
  });

  it('is the same for the same report', () => {
    const report = submissionOf({ versions: [reportOf({ checks: [failing([found({})])] })] });
    expect(presentMarkdown(report)).toBe(presentMarkdown(structuredClone(report)));
  });
});
