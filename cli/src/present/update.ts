import type { UpdateChange } from '@ar-registry/core/install';
import type { PluginName, Version } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import type { Elsewhere } from '../install/elsewhere.ts';
import type { Available } from '../install/update-plugins.ts';
import { missingLines } from './missing.ts';
import { type Line, type Page, quiet, toned } from './text.ts';

interface Outcome {
  readonly dryRun: boolean;
  readonly updated: readonly UpdateChange[];
  readonly unchanged: readonly { readonly name: PluginName; readonly version: Version | undefined }[];
  readonly local: readonly PluginName[];
  readonly missing: readonly PluginName[];
  readonly elsewhere: readonly Elsewhere[];
  readonly available: readonly Available[];
}

export const presentUpdate: Presenter<Outcome> = {
  text: ({ dryRun, updated, unchanged, local, missing, elsewhere, available }): Page => [
    ...updated.flatMap(changeLines),
    ...missingLines(missing, elsewhere),
    ...(local.length === 0 ? [] : [quiet(`Not from a registry: ${local.join(', ')}`)]),
    summary({ dryRun, count: updated.length, rest: unchanged.length, beyond: available.length }),
    ...available.map(availableLine),
    ...(available.length === 0 ? [] : [[quiet('To leave the wanted ranges: '), updateLatest(available)]]),
  ],
  json: ({ elsewhere: _elsewhere, ...outcome }) => ({
    ...outcome,
    unchanged: outcome.unchanged.map(withVersion),
    available: outcome.available.map(withVersion),
  }),
};

function withVersion({ version, ...rest }: { readonly version?: Version | undefined }): object {
  return { ...rest, ...(version === undefined ? {} : { version }) };
}

interface Counts {
  readonly dryRun: boolean;
  readonly count: number;
  readonly rest: number;
  readonly beyond: number;
}

function summary({ dryRun, count, rest, beyond }: Counts): string {
  if (count === 0 && rest === 0) return 'Nothing to update.';
  if (count === 0)
    return beyond === 0 ? 'Everything is up to date.' : 'Everything is up to date within its wanted range.';
  return dryRun ? `Would be updated: ${count}. Nothing was changed.` : `${count} updated.`;
}

function availableLine({ name, range, version, latest }: Available): Line {
  return [
    '  ',
    toned(name, 'name'),
    `  ${version ?? 'not installed'}`,
    quiet(`  (available: ${latest}; wanted: ${range})`),
  ];
}

/** Of one plugin the command names it: more are many to type, and all is what most would mean. */
function updateLatest([first, ...more]: readonly Available[]): string {
  return `ar plugin update${first && more.length === 0 ? ` ${first.name}` : ''} --latest`;
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
