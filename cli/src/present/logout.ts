import type { Removed } from '@ar-registry/io/credentials';
import type { Presenter } from '../command.ts';
import { type Line, toned } from './text.ts';

type Outcome = Removed & { readonly host: string };

export const presentLogout: Presenter<Outcome> = {
  text: (outcome) => [removedLine(outcome), ...(outcome.keychain === 'unanswered' ? [UNANSWERED] : [])],
  json: ({ host, removedFrom, keychain }) => ({ host, removedFrom, keychain }),
};

function removedLine({ host, removedFrom, keychain }: Outcome): string {
  if (removedFrom.length > 0) return `The token for ${host} is removed from the ${removedFrom.join(' and the ')}.`;
  return keychain === 'unanswered' ? `No file here keeps a token for ${host}.` : `No token for ${host} was kept here.`;
}

const UNANSWERED: Line = [
  toned('warning:', 'warning'),
  ' The keychain did not answer, so it may still hold one. Unlock it and log out again, or set AR_KEYCHAIN=off.',
];
