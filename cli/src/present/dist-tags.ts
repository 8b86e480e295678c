import type { PluginName, StatusRecord } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { table } from './table.ts';
import { toned } from './text.ts';

interface Outcome {
  readonly name: PluginName;
  readonly distTags: StatusRecord['distTags'];
}

export const presentDistTags: Presenter<Outcome> = {
  text: ({ name, distTags }, width) => {
    const tags = Object.entries(distTags);
    if (tags.length === 0) return [`${name} has no dist-tags.`];
    return table(
      tags.map(([tag, version]) => [toned(tag, 'name'), version]),
      width,
    );
  },
  json: ({ name, distTags }) => ({ name, distTags }),
};
