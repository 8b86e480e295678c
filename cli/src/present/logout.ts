import type { CredentialPlace } from '@ar-registry/io/credentials';
import type { Presenter } from '../command.ts';

interface Outcome {
  readonly host: string;
  readonly removedFrom: readonly CredentialPlace[];
}

export const presentLogout: Presenter<Outcome> = {
  text: ({ host, removedFrom }) => [
    removedFrom.length === 0
      ? [`No token for ${host} was kept here.`]
      : [`The token for ${host} is removed from the ${removedFrom.join(' and the ')}.`],
  ],
  json: ({ host, removedFrom }) => ({ host, removedFrom }),
};
