import type { Account, PluginName } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { table } from './table.ts';
import { quiet } from './text.ts';

interface Outcome {
  readonly name: PluginName;
  readonly owners: readonly Account[];
}

export const presentOwners: Presenter<Outcome> = {
  text: ({ owners }, width) =>
    table(
      owners.map(({ login, id }) => [login, quiet(String(id))]),
      width,
    ),
  json: ({ name, owners }) => ({ name, owners: owners.map(({ login, id }) => ({ login, id })) }),
};
