import type { Advisory } from '@ar-registry/core/advisory';
import type { LockEntry, WantedPlugin } from '@ar-registry/core/install';
import type { SearchResult } from '@ar-registry/core/search';
import type { Presenter } from '../command.ts';
import { advisoryText, actionWord } from '../install/revoked.ts';
import { pluginTable, summaryOf } from './plugin-table.ts';
import { table } from './table.ts';
import { type Page, type Span, toned } from './text.ts';

type Outcome = Listed | (SearchResult & { readonly kind: 'browsed' });

export interface ListedPlugin {
  readonly name: string;
  readonly want: WantedPlugin;
  readonly entry: LockEntry | undefined;
  /** Against the installed version, as last heard of its registry; the gravest first. */
  readonly advisories: readonly Advisory[];
  /** Why the folder that it is linked to is no plugin any more. */
  readonly broken?: string;
}

interface Listed {
  readonly kind: 'listed';
  readonly project: string;
  readonly plugins: readonly ListedPlugin[];
}

/** Of what is installed, or of what the registry has. */
export const presentList: Presenter<Outcome> = {
  text: (outcome, width) =>
    outcome.kind === 'listed' ? installedText(outcome, width) : pluginTable(outcome, width, 'No plugins were found.'),
  json: (outcome) =>
    outcome.kind === 'listed'
      ? { plugins: installedDocuments(outcome) }
      : { total: outcome.total, plugins: outcome.plugins.map(summaryOf) },
};

function installedText({ project, plugins }: Listed, width: number): Page {
  if (plugins.length === 0) return [`No plugins are installed in ${project}.`];
  const rows = plugins.map((one) => [
    toned(one.name, 'name'),
    one.entry?.version ?? 'not installed',
    one.entry?.type ?? '',
    one.entry?.source === 'folder' ? `linked to ${wantedText(one.want)}` : wantedText(one.want),
    mark(one),
  ]);
  return table([['NAME', 'VERSION', 'TYPE', 'WANTED', ''].map((head) => toned(head, 'quiet')), ...rows], width);
}

function mark({ want, broken, advisories: [gravest] }: ListedPlugin): string | Span {
  if (gravest) return toned(`${actionWord(gravest)}: ${advisoryText(gravest)}`, 'bad');
  if (broken !== undefined) return toned(`broken link: ${broken}`, 'bad');
  return want.enabled === false ? toned('disabled', 'warning') : '';
}

function installedDocuments({ plugins }: Listed): readonly object[] {
  return plugins.flatMap(({ name, want, entry, broken, advisories }) =>
    entry
      ? [
          {
            name,
            version: entry.version,
            type: entry.type,
            source: entry.source,
            wanted: wantedText(want),
            enabled: want.enabled !== false,
            ...(entry.source === 'git' ? { commit: entry.commit } : {}),
            ...(advisories.length === 0 ? {} : { advisories }),
            ...(broken === undefined ? {} : { broken }),
            ...(entry.source === 'registry' ? { trust: entry.trust, registry: entry.registry } : {}),
          },
        ]
      : [],
  );
}

function wantedText(want: WantedPlugin): string {
  return want.range ?? want.git ?? want.path ?? '';
}
