/**
 * A report for tools that read SARIF: one run, with a rule for every code that was found.
 *
 * A file of a package is relative to that package, and a record to the index; a check that could not run is told as a
 * notification, and the run counts as unsuccessful then.
 *
 * @source SARIF 2.1.0 (OASIS), §3.13 to §3.27
 */
import { FINDINGS } from '@ar-registry/core/findings';
import type { Check, ReportedFinding, SubmissionReport } from '@ar-registry/schemas';
import type { ArtifactLocation, Invocation, Log, Notification, ReportingDescriptor, Result } from 'sarif';

const INDEX = 'INDEX';

export function toSarif(report: SubmissionReport): Log {
  const checks = placedChecks(report);
  const found = checks.flatMap(({ check, base }) => check.findings.map((each) => ({ found: each, base })));
  const first = new Map(found.map(({ found: each }) => [each.code, each]).toReversed() as [string, ReportedFinding][]);
  const codes = [...first.keys()].toSorted();
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'ar-registry',
            ...versionOf(report),
            rules: [...first.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(toRule),
          },
        },
        invocations: [invocation(checks)],
        originalUriBaseIds: Object.fromEntries(
          [...new Set(checks.map(({ base }) => base))].map((base) => [base, { description: { text: describe(base) } }]),
        ),
        columnKind: 'utf16CodeUnits',
        results: found.map(({ found: each, base }) => toResult(each, { base, ruleIndex: codes.indexOf(each.code) })),
      },
    ],
  };
}

interface PlacedCheck {
  readonly check: Check;
  /** What its files are relative to. */
  readonly base: string;
}

function placedChecks({ checks, versions }: SubmissionReport): readonly PlacedCheck[] {
  return [
    ...checks.map((check) => ({ check, base: INDEX })),
    ...versions.flatMap(({ name, version, checks: own }) =>
      own.map((check) => ({ check, base: `${name}@${version}` })),
    ),
  ];
}

function describe(base: string): string {
  return base === INDEX ? 'The index of the registry.' : plain(`The package ${base}.`);
}

function versionOf({ versions }: SubmissionReport): { version?: string } {
  const version = versions[0]?.tools['@ar-registry/checks'];
  return version === undefined ? {} : { version };
}

function toRule({ code, severity, message, remedy }: ReportedFinding): ReportingDescriptor {
  const known: Readonly<Record<string, { readonly severity: 'error' | 'warning' } | undefined>> = FINDINGS;
  const level = (Object.hasOwn(known, code) ? known[code]?.severity : undefined) ?? severity;
  return {
    id: code,
    shortDescription: { text: plain(message) },
    help: { text: plain(remedy) },
    defaultConfiguration: { level },
  };
}

function toResult(
  { code, severity, message, remedy, file, line, column, evidence }: ReportedFinding,
  { base, ruleIndex }: { readonly base: string; readonly ruleIndex: number },
): Result {
  const snippet = evidence === undefined || evidence === '' ? {} : { snippet: { text: evidence } };
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: plain(`${message} ${remedy}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(file, base),
          region: { startLine: line, startColumn: column, ...snippet },
        },
      },
    ],
  };
}

/** A path of others, as a relative reference that stays below its base. @source RFC 3986 §4.2 */
function locationOf(file: string, uriBaseId: string): ArtifactLocation {
  const segments = file.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return { uri: segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/') || '-', uriBaseId };
}

function invocation(checks: readonly PlacedCheck[]): Invocation {
  const stopped = checks.filter(({ check }) => check.result === 'could-not-run');
  return {
    executionSuccessful: stopped.length === 0,
    toolExecutionNotifications: stopped.map(({ check: { id, reason = '' }, base }): Notification => ({
      level: 'error',
      message: { text: plain(`The check ${id} of ${base} could not run. ${reason}`) },
    })),
  };
}

/** In a message, brackets make a link. @source SARIF 2.1.0 §3.11.6 */
function plain(text: string): string {
  return text.replace(/[\\[\]]/g, String.raw`\$&`);
}
