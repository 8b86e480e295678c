import type { PluginName } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { type Line, toned } from './text.ts';

interface Outcome {
  readonly enabled: boolean;
  readonly changed: readonly PluginName[];
  readonly unchanged: readonly PluginName[];
}

/** Of `enable` and of `disable`. */
export const presentEnable: Presenter<Outcome> = {
  text: ({ enabled, changed, unchanged }) => {
    const word = enabled ? 'enabled' : 'disabled';
    return [
      ...changed.map((name): Line => [toned(name, 'name'), ` is ${word}.`]),
      ...unchanged.map((name): Line => [toned(name, 'name'), ` was ${word} already.`]),
    ];
  },
  json: (outcome) => outcome,
};
