import { type AuditFinding, type FoundSeverity, isAtLeast, type Severity } from '@ar-registry/core/audit';
import type { UpdateChange } from '@ar-registry/core/install';
import type { ProjectAudit } from '../audit/index.ts';
import type { Presenter } from '../command.ts';
import { type Line, type Page, quiet, type Span, type Tone, toned } from './text.ts';
import { changeLines } from './update.ts';

interface Outcome extends Omit<ProjectAudit, 'affectedAtLeast'> {
  readonly level: Severity;
  /** What `--fix` did. */
  readonly updated: readonly UpdateChange[];
}

export const presentAudit: Presenter<Outcome> = {
  text: (outcome): Page => {
    const { findings, unaudited, updated, level } = outcome;
    const counted = findings.filter(({ severity }) => isAtLeast(severity, level));
    return [
      ...updated.flatMap(changeLines),
      ...counted.flatMap(findingLines),
      ...unaudited.map(({ plugin, reason }): Line => [
        toned('not audited:', 'warning'),
        ...(plugin === undefined ? [] : [' ', toned(plugin, 'name')]),
        ` ${reason}`,
      ]),
      summaryLine(outcome, counted.length),
    ];
  },
  json: ({ findings, unaudited, counts, takenAt, level, updated }) => ({
    level,
    ok: exitCodeOf({ findings, unaudited, level }) === 0,
    counts,
    ...(takenAt === undefined ? {} : { takenAt }),
    findings,
    unaudited,
    updated: updated.map(({ name, from, to }) => ({ name, ...(from === undefined ? {} : { from }), to })),
  }),
  exitCode: exitCodeOf,
};

function exitCodeOf({ findings, unaudited, level }: Pick<Outcome, 'findings' | 'unaudited' | 'level'>): 0 | 1 | 4 {
  if (findings.some(({ severity }) => isAtLeast(severity, level))) return 1;
  return unaudited.length > 0 ? 4 : 0;
}

const TONES: Readonly<Record<FoundSeverity, Tone>> = {
  low: 'quiet',
  moderate: 'warning',
  high: 'bad',
  critical: 'bad',
  unknown: 'bad',
};

const ACTIONS = {
  warn: 'still allowed',
  'block-install': 'revoked: not installed any more',
  'block-load': 'revoked: not loaded any more',
};

function findingLines(finding: AuditFinding): Page {
  const { plugin, version, dependency, severity, id, aliases, summary, affected, action, fixed } = finding;
  const through: readonly (string | Span)[] = dependency
    ? ['  through ', `${dependency.name} ${dependency.version}`]
    : [quiet(`  versions ${affected ?? ''}`)];
  return [
    [toned(severity, TONES[severity]), '  ', toned(plugin, 'name'), ` ${version}`, ...through],
    `    ${[id, ...aliases].join(', ')}${summary === '' ? '' : `: ${summary}`}`,
    ...(action === undefined ? [] : [`    ${ACTIONS[action]}`]),
    `    ${remedy(finding, fixed)}`,
  ];
}

function remedy({ plugin, dependency, id }: AuditFinding, fixed: string | undefined): string {
  if (dependency)
    return fixed === undefined
      ? `No fixed version is known: https://osv.dev/vulnerability/${encodeURIComponent(id)}`
      : `Fixed in ${dependency.name} ${fixed}: a version of the plugin must bring it. ar plugin update ${plugin}`;
  return fixed === undefined ? `ar plugin update ${plugin}` : `ar plugin install ${fixed}`;
}

function summaryLine({ counts, takenAt, level, findings }: Outcome, counted: number): Line {
  if (counts.plugins === 0) return 'No plugins are installed.';
  const of = `${plural(counts.plugins, 'plugin')} and ${plural(counts.packages, 'npm package')}`;
  const date = takenAt === undefined ? '' : `, against what was known on ${takenAt.slice(0, 10)}`;
  const below = findings.length - counted;
  const rest = below === 0 ? '' : ` ${below} below ${level}.`;
  return counted === 0
    ? `Nothing known against ${of}${date}.${rest}`
    : `${plural(counted, 'finding')} in ${of}${date}.${rest}`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
