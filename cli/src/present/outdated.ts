import type { Advisory } from '@ar-registry/core/advisory';
import { beyondOf, type GitTarget, type Standing, type Updatable } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { advisoryText, actionWord } from '../install/revoked.ts';
import type { Elsewhere } from '../install/elsewhere.ts';
import { missingLines } from './missing.ts';
import { table } from './table.ts';
import { quiet, type Line, type Span, toned } from './text.ts';

interface Row {
  readonly target: Updatable;
  readonly standing: Standing;
  /** Against the installed version; the gravest first. */
  readonly advisories: readonly Advisory[];
}

/** A plugin whose git repository has a commit that is not installed. */
export interface NewerCommit {
  readonly target: GitTarget;
  /** Full id. */
  readonly newest: string;
}

interface Outcome {
  readonly plugins: readonly Row[];
  readonly commits: readonly NewerCommit[];
  readonly local: readonly PluginName[];
  readonly missing: readonly PluginName[];
  readonly elsewhere: readonly Elsewhere[];
  readonly exitCode: boolean;
}

export const presentOutdated: Presenter<Outcome> = {
  text: ({ plugins, commits, local, missing, elsewhere }, width) => {
    const heads = ['NAME', 'CURRENT', 'WANTED', 'LATEST', ''].map(quiet);
    return [
      ...(plugins.length + commits.length === 0
        ? ['Everything is up to date.']
        : table([heads, ...plugins.map(cells), ...commits.map(commitCells)], width)),
      ...hints(plugins, commits),
      ...missingLines(missing, elsewhere),
      ...(local.length === 0 ? [] : [quiet(`Not from a registry: ${local.join(', ')}`)]),
    ];
  },
  json: ({ plugins, commits, local, missing }) => ({
    ...(commits.length === 0 ? {} : { git: commits.map(commitDocument) }),
    plugins: plugins.map(({ target, standing: { wanted, latest, installed }, advisories }) => ({
      name: target.name,
      range: target.range,
      ...(target.version === undefined ? {} : { current: target.version }),
      ...(wanted === undefined ? {} : { wanted: wanted.version }),
      ...(latest === undefined ? {} : { latest: latest.version }),
      ...(installed?.yanked === undefined ? {} : { yanked: installed.yanked }),
      ...(advisories.length === 0 ? {} : { advisories }),
      ...(installed?.deprecated === undefined ? {} : { deprecated: installed.deprecated }),
    })),
    local,
    missing,
  }),
  exitCode: ({ plugins, commits, exitCode }) => (exitCode && plugins.length + commits.length > 0 ? 1 : 0),
};

/** What moves to which column. */
function hints(plugins: readonly Row[], commits: readonly NewerCommit[]): readonly Line[] {
  const isBehind = ({ target, standing: { wanted } }: Row): boolean =>
    wanted !== undefined && wanted.version !== target.version;
  const isBeyond = ({ standing }: Row): boolean => beyondOf(standing, standing.wanted?.version) !== undefined;
  return [
    ...(commits.length > 0 || plugins.some(isBehind) ? [[quiet('To what is wanted: '), 'ar plugin update']] : []),
    ...(plugins.some(isBeyond) ? [[quiet('To the latest: '), 'ar plugin update --latest']] : []),
  ];
}

function cells({ target, standing, advisories }: Row): readonly (string | Span)[] {
  const { wanted, latest } = standing;
  const behind = wanted !== undefined && wanted.version !== target.version;
  return [
    toned(target.name, 'name'),
    target.version ?? 'not installed',
    behind ? toned(wanted.version, 'good') : (wanted?.version ?? 'none'),
    latest?.version ?? 'none',
    mark(standing, advisories),
  ];
}

function mark({ installed }: Standing, [gravest]: readonly Advisory[]): string | Span {
  if (gravest) return toned(`${actionWord(gravest)}: ${advisoryText(gravest)}`, 'bad');
  if (installed?.yanked !== undefined) return toned(`withdrawn: ${installed.yanked}`, 'bad');
  return installed?.deprecated === undefined ? '' : toned(`deprecated: ${installed.deprecated}`, 'warning');
}

function commitOf({ lock }: GitTarget): string | undefined {
  return lock?.source === 'git' ? lock.commit : undefined;
}

function commitCells({ target, newest }: NewerCommit): readonly (string | Span)[] {
  const current = commitOf(target)?.slice(0, 12) ?? 'not installed';
  const to = newest.slice(0, 12);
  return [toned(target.name, 'name'), current, toned(to, 'good'), to, quiet(target.git)];
}

function commitDocument({ target, newest }: NewerCommit): object {
  const current = commitOf(target);
  return { name: target.name, git: target.git, ...(current === undefined ? {} : { current }), newest };
}
