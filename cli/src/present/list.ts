import type { LockEntry, WantedPlugin } from '@ar-registry/core/install';
import type { SearchResult } from '@ar-registry/core/search';
import type { Presenter } from '../command.ts';
import { pluginTable, summaryOf } from './plugin-table.ts';
import { table } from './table.ts';
import { type Page, toned } from './text.ts';

type Outcome = Listed | (SearchResult & { readonly kind: 'browsed' });

interface Listed {
  readonly kind: 'listed';
  readonly project: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly want: WantedPlugin;
    readonly entry: LockEntry | undefined;
  }[];
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
  const rows = plugins.map(({ name, want, entry }) => [
    toned(name, 'name'),
    entry?.version ?? 'not installed',
    entry?.type ?? '',
    wantedText(want),
    want.enabled !== false ? '' : toned('disabled', 'warning'),
  ]);
  return table([['NAME', 'VERSION', 'TYPE', 'WANTED', ''].map((head) => toned(head, 'quiet')), ...rows], width);
}

function installedDocuments({ plugins }: Listed): readonly object[] {
  return plugins.flatMap(({ name, want, entry }) =>
    entry
      ? [
          {
            name,
            version: entry.version,
            type: entry.type,
            source: entry.source,
            wanted: wantedText(want),
            enabled: want.enabled !== false,
            ...(entry.source === 'registry' ? { trust: entry.trust, registry: entry.registry } : {}),
          },
        ]
      : [],
  );
}

function wantedText(want: WantedPlugin): string {
  return want.range ?? want.path ?? '';
}
