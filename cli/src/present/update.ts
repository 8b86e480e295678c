import type { UpdateChange } from '@ar-registry/core/install';
import type { PluginName, Version } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { type Line, type Page, quiet, toned } from './text.ts';

interface Outcome {
  readonly dryRun: boolean;
  readonly updated: readonly UpdateChange[];
  readonly unchanged: readonly { readonly name: PluginName; readonly version: Version | undefined }[];
  readonly local: readonly PluginName[];
  readonly missing: readonly PluginName[];
}

export const presentUpdate: Presenter<Outcome> = {
  text: ({ dryRun, updated, unchanged, local, missing }): Page => [
    ...updated.flatMap(changeLines),
    ...missing.map((name): Line => [toned('warning:', 'warning'), ` ${name} is not in the registry any more.`]),
    ...(local.length === 0 ? [] : [quiet(`Not from a registry: ${local.join(', ')}`)]),
    summary({ dryRun, count: updated.length, rest: unchanged.length }),
  ],
  json: (outcome) => ({
    ...outcome,
    unchanged: outcome.unchanged.map(({ name, version }) => ({ name, ...(version === undefined ? {} : { version }) })),
  }),
};

function summary({ dryRun, count, rest }: { dryRun: boolean; count: number; rest: number }): string {
  if (count === 0) return rest === 0 ? 'Nothing to update.' : 'Everything is up to date.';
  return dryRun ? `Would be updated: ${count}. Nothing was changed.` : `${count} updated.`;
}

/** What one update changes: a line, and one below it for each thing a user should know. */
export function changeLines(change: UpdateChange): Page {
  const { name, from, to, range, changelog, permissions } = change;
  const wanted = range === undefined ? '' : `  (wanted ${range.from} → ${range.to})`;
  return [
    [toned('↑', 'good'), ' ', toned(name, 'name'), `  ${from ?? 'not installed'} → ${to}`, quiet(wanted)],
    detail('what is new', changelog),
    ...permissions.added.map(({ text, grave }) => detail('may now', text, grave ? 'bad' : 'warning')),
    ...permissions.removed.map(({ text }) => detail('no longer may', text)),
    ...moves(change).map(([label, { from: was, to: is }]) => detail(label, `${was} → ${is}`, 'warning')),
    ...(change.owners ? [detail('owners now', change.owners.join(', '), 'warning')] : []),
    ...(change.deprecated === undefined ? [] : [detail('deprecated', change.deprecated, 'warning')]),
  ];
}

/** True where the plugin changed hands, or comes from elsewhere. */
export function tellsOfPeople({ publishedBy, signedBy, owners, repositoryMoved, registry }: UpdateChange): boolean {
  return [publishedBy, signedBy, owners, repositoryMoved, registry].some((one) => one !== undefined);
}

type Moved = NonNullable<UpdateChange['publishedBy']>;

function moves({
  publishedBy,
  signedBy,
  repositoryMoved,
  registry,
  trust,
  commit,
}: UpdateChange): readonly (readonly [string, Moved])[] {
  const all = [
    ['published by', publishedBy],
    ['signed by', signedBy],
    ['repository', repositoryMoved],
    ['registry', registry],
    ['trust', trust],
    ['commit', commit],
  ] as const;
  return all.flatMap(([label, moved]) => (moved ? [[label, moved] as const] : []));
}

function detail(label: string, text: string, tone?: 'bad' | 'warning'): Line {
  return ['    ', quiet(`${label}:`), ' ', tone === undefined ? text : toned(text, tone)];
}
