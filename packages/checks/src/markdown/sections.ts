/** The parts of the comment, in the order in which they are read. */
import { describePermissions, grantAll } from '@ar-registry/core/permission';
import type { Check, Report, ReportedFinding, SubmissionReport } from '@ar-registry/schemas';
import { code, prose } from './neutral.ts';

/** A heading and lines below it; of those that do not fit, the last are left out, and their number is told. */
export interface Section {
  readonly heading: string;
  /** Above the lines: the head of a table, or nothing. */
  readonly head: readonly string[];
  readonly lines: readonly string[];
}

const VERDICTS: Readonly<Record<SubmissionReport['decision'], string>> = {
  merge: '✅ All checks passed',
  review: '👀 A reviewer must look at this',
  refuse: '❌ This must be mended',
};

export function verdict({ decision, reasons, plugins }: SubmissionReport): Section {
  const about = plugins.length === 0 ? [] : [`- Plugins: ${plugins.map((name) => code(name, 200)).join(', ')}`];
  return {
    heading: `## ${VERDICTS[decision]}`,
    head: [],
    lines: [...about, ...reasons.map((text) => `- ${prose(text)}`)],
  };
}

/** Errors before warnings; each once, however many versions have it. */
export function findings(report: SubmissionReport, severity: ReportedFinding['severity']): readonly Section[] {
  const rows = checksOf(report).flatMap(({ check, of }) =>
    check.findings.filter((found) => found.severity === severity).map((found) => findingRow(found, of)),
  );
  if (rows.length === 0) return [];
  return [
    {
      heading: severity === 'error' ? '### What must be mended' : '### Worth a look',
      head: ['| Code | Place | What is wrong | What to do |', '| --- | --- | --- | --- |'],
      lines: [...new Set(rows)],
    },
  ];
}

function findingRow(
  { code: id, file, line, column, path, message, remedy, evidence }: ReportedFinding,
  of: string,
): string {
  const at = line > 1 || column > 1 ? `:${line}:${column}` : '';
  const place = [
    code(`${file}${at}`, 200),
    ...(path === '' ? [] : [code(path, 100)]),
    ...(of === '' ? [] : [code(of)]),
  ];
  const shown = evidence === undefined || evidence === '' ? '' : ` ${code(evidence, 120)}`;
  return row([code(id, 100), place.join(' '), `${prose(message)}${shown}`, prose(remedy)]);
}

export function permissions({ versions }: SubmissionReport): readonly Section[] {
  const sections = versions.map((report): Section => {
    const { declared, change } = report.permissions;
    const all = describePermissions(grantAll(declared)).map(
      ({ text, grave }) => `- ${grave ? '⚠️ ' : ''}${prose(text)}`,
    );
    const added = (change?.added ?? []).map((text) => `- ➕ ${prose(text)}`);
    const removed = (change?.removed ?? []).map((text) => `- ➖ ${prose(text)}`);
    return {
      heading: `### Permissions of ${titleOf(report)}`,
      head: [`${changeText(change, added.length + removed.length)} It may:`],
      lines: [...added, ...removed, ...(all.length === 0 ? ['- do nothing that needs one'] : all)],
    };
  });
  return sections;
}

function changeText(change: Report['permissions']['change'], count: number): string {
  if (!change) return 'This is a first version.';
  return `Since ${code(change.from, 64)} ${count === 0 ? 'nothing has changed' : `${count} of them changed`}.`;
}

export function dependencies({ versions }: SubmissionReport): readonly Section[] {
  return versions
    .filter((report) => report.dependencies.length > 0)
    .map((report) => {
      const hit = report.dependencies.filter(({ advisories }) => advisories.length > 0);
      const count = report.dependencies.length;
      return {
        heading: `### Dependencies of ${titleOf(report)}`,
        head: [
          `${count} npm ${count === 1 ? 'package is' : 'packages are'} installed with it, ${hit.length} with known vulnerabilities.`,
        ],
        lines: hit.map(
          ({ name, version, advisories }) =>
            `- ${code(`${name} ${version}`)}: ${advisories
              .slice(0, 20)
              .map((id) => code(id, 100))
              .join(', ')}`,
        ),
      };
    });
}

const RESULTS: Readonly<Record<Check['result'], string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  'could-not-run': '⚠️ could not run',
};

export function checks(report: SubmissionReport): Section {
  const source = report.versions.flatMap((each) =>
    each.source
      ? [
          row([
            code('source'),
            code(titleText(each)),
            each.source.reproducible ? 'reproducible' : 'not reproducible',
            code(each.source.commit),
          ]),
        ]
      : [],
  );
  const rows = checksOf(report).map(({ check, of }) =>
    row([
      code(check.id),
      of === '' ? 'the change' : code(of),
      RESULTS[check.result],
      [check.reason === undefined ? '' : prose(check.reason, 500), omittedText(check)]
        .filter((text) => text !== '')
        .join(' '),
    ]),
  );
  return {
    heading: '### Checks',
    head: ['| Check | Of | Result | |', '| --- | --- | --- | --- |'],
    lines: [...rows, ...source],
  };
}

function omittedText({ omitted }: Check): string {
  return omitted === undefined ? '' : `${omitted} more findings are not listed.`;
}

export function footer({ base, head, versions }: SubmissionReport): Section {
  const tools = versions[0]?.tools ?? {};
  const osv = tools['osv'];
  return {
    heading: '---',
    head: [],
    lines: [
      `Looked at ${code(head, 64)}, as it would be merged into ${code(base, 64)}. ` +
        `Vulnerabilities known on ${osv === undefined ? 'no date: none were looked up' : code(osv, 64)}. ` +
        'This comment is renewed with every push.',
    ],
  };
}

interface PlacedCheck {
  readonly check: Check;
  /** `@scope/name@1.0.0`, or empty for the whole change. */
  readonly of: string;
}

function checksOf({ checks: ofChange, versions }: SubmissionReport): readonly PlacedCheck[] {
  return [
    ...ofChange.map((check) => ({ check, of: '' })),
    ...versions.flatMap((report) => report.checks.map((check) => ({ check, of: titleText(report) }))),
  ];
}

function titleText({ name, version }: Report): string {
  return `${name}@${version}`;
}

function titleOf(report: Report): string {
  return code(titleText(report));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
