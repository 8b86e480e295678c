/**
 * An audit for tools that read SARIF: one run, a rule for every advisory, a result for each plugin that it is about.
 *
 * The place is the project's lock, because that is what would have to change.
 *
 * @source SARIF 2.1.0 (OASIS), §3.13 to §3.27; GitHub's `security-severity` property
 */
import type { AuditFinding } from './audit.ts';
import type { FoundSeverity } from './severity.ts';

interface AuditRun {
  readonly findings: readonly AuditFinding[];
  /** Version of the command. */
  readonly version: string;
  /** What could not be looked up, in sentences; then the run was not successful. */
  readonly couldNotRun: readonly string[];
  /** Relative to the root of the project, POSIX. */
  readonly lockFile: string;
}

const LEVELS: Readonly<Record<FoundSeverity, 'note' | 'warning' | 'error'>> = {
  low: 'note',
  moderate: 'warning',
  high: 'error',
  critical: 'error',
  unknown: 'error',
};

/** The middle of each range of scores: GitHub sorts by a number. */
const SCORES: Readonly<Record<FoundSeverity, string>> = {
  low: '2.0',
  moderate: '5.5',
  high: '8.0',
  critical: '9.5',
  unknown: '9.0',
};

export function auditToSarif({ findings, version, couldNotRun, lockFile }: AuditRun): object {
  const byId = new Map(findings.toReversed().map((each) => [each.id, each]));
  const ids = [...byId.keys()].toSorted();
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'ar plugin audit',
            semanticVersion: version,
            rules: ids.map((id) => toRule(id, byId.get(id))),
          },
        },
        invocations: [
          {
            executionSuccessful: couldNotRun.length === 0,
            toolExecutionNotifications: couldNotRun.map((text) => ({ level: 'error', message: { text } })),
          },
        ],
        results: findings.map((each) => ({
          ruleId: each.id,
          ruleIndex: ids.indexOf(each.id),
          level: LEVELS[each.severity],
          message: { text: textOf(each) },
          locations: [{ physicalLocation: { artifactLocation: { uri: lockFile }, region: { startLine: 1 } } }],
          partialFingerprints: { 'arPluginAudit/v1': [each.plugin, each.dependency?.name ?? '', each.id].join(':') },
        })),
      },
    ],
  };
}

function toRule(id: string, finding: AuditFinding | undefined): object {
  return {
    id,
    shortDescription: { text: finding?.summary || id },
    ...(finding?.dependency ? { helpUri: `https://osv.dev/vulnerability/${encodeURIComponent(id)}` } : {}),
    properties: { 'security-severity': SCORES[finding?.severity ?? 'unknown'], tags: ['security'] },
  };
}

function textOf({ plugin, version, dependency, summary, fixed }: AuditFinding): string {
  const through = dependency ? ` through ${dependency.name} ${dependency.version}` : '';
  const instead = fixed === undefined ? '' : ` Fixed in ${fixed}.`;
  return `${plugin} ${version} is affected${through}: ${summary || 'no summary.'}${instead}`;
}
