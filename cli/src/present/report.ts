import type { PluginName } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { quiet, toned } from './text.ts';

interface Outcome {
  readonly name: PluginName;
  readonly kind: string;
  readonly url: string;
  readonly isPublic: boolean;
}

export const presentReport: Presenter<Outcome> = {
  text: ({ name, url, isPublic }) => [
    ['Report ', toned(name, 'name'), ' here:'],
    toned(url, 'link'),
    quiet(isPublic ? 'Everybody can read what you write there.' : 'Only the maintainers of the registry read it.'),
  ],
  json: ({ name, kind, url, isPublic }) => ({ name, kind, url, public: isPublic }),
};
