import type { Standing, Updatable } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { table } from './table.ts';
import { quiet, type Span, toned } from './text.ts';

interface Row {
  readonly target: Updatable;
  readonly standing: Standing;
}

interface Outcome {
  readonly plugins: readonly Row[];
  readonly local: readonly PluginName[];
  readonly missing: readonly PluginName[];
  readonly exitCode: boolean;
}

export const presentOutdated: Presenter<Outcome> = {
  text: ({ plugins, local, missing }, width) => {
    const heads = ['NAME', 'CURRENT', 'WANTED', 'LATEST', ''].map(quiet);
    return [
      ...(plugins.length === 0 ? ['Everything is up to date.'] : table([heads, ...plugins.map(cells)], width)),
      ...missing.map((name) => [toned('warning:', 'warning'), ` ${name} is not in the registry any more.`]),
      ...(local.length === 0 ? [] : [quiet(`Not from a registry: ${local.join(', ')}`)]),
    ];
  },
  json: ({ plugins, local, missing }) => ({
    plugins: plugins.map(({ target, standing: { wanted, latest, installed } }) => ({
      name: target.name,
      range: target.range,
      ...(target.version === undefined ? {} : { current: target.version }),
      ...(wanted === undefined ? {} : { wanted: wanted.version }),
      ...(latest === undefined ? {} : { latest: latest.version }),
      ...(installed?.yanked === undefined ? {} : { yanked: installed.yanked }),
      ...(installed?.deprecated === undefined ? {} : { deprecated: installed.deprecated }),
    })),
    local,
    missing,
  }),
  exitCode: ({ plugins, exitCode }) => (exitCode && plugins.length > 0 ? 1 : 0),
};

function cells({ target, standing }: Row): readonly (string | Span)[] {
  const { wanted, latest } = standing;
  const behind = wanted !== undefined && wanted.version !== target.version;
  return [
    toned(target.name, 'name'),
    target.version ?? 'not installed',
    behind ? toned(wanted.version, 'good') : (wanted?.version ?? 'none'),
    latest?.version ?? 'none',
    mark(standing),
  ];
}

function mark({ installed }: Standing): string | Span {
  if (installed?.yanked !== undefined) return toned(`withdrawn: ${installed.yanked}`, 'bad');
  return installed?.deprecated === undefined ? '' : toned(`deprecated: ${installed.deprecated}`, 'warning');
}
