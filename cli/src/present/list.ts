import type { LockEntry, WantedPlugin } from '@ar-registry/core/install';
import type { Presenter } from '../command.ts';
import { table } from './table.ts';
import { toned } from './text.ts';

interface Outcome {
  readonly project: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly want: WantedPlugin;
    readonly entry: LockEntry | undefined;
  }[];
}

export const presentList: Presenter<Outcome> = {
  text: ({ project, plugins }, width) => {
    if (plugins.length === 0) return [`No plugins are installed in ${project}.`];
    const rows = plugins.map(({ name, want, entry }) => [
      toned(name, 'name'),
      entry?.version ?? 'not installed',
      entry?.type ?? '',
      wantedText(want),
      want.enabled !== false ? '' : toned('disabled', 'warning'),
    ]);
    return table([['NAME', 'VERSION', 'TYPE', 'WANTED', ''].map((head) => toned(head, 'quiet')), ...rows], width);
  },
  json: ({ plugins }) => ({
    plugins: plugins.flatMap(({ name, want, entry }) =>
      entry
        ? [
            {
              name,
              version: entry.version,
              type: entry.type,
              source: entry.source,
              wanted: wantedText(want),
              enabled: want.enabled !== false,
              ...(entry.source === 'registry' ? { trust: entry.trust } : {}),
            },
          ]
        : [],
    ),
  }),
};

function wantedText(want: WantedPlugin): string {
  return want.range ?? want.path ?? '';
}
