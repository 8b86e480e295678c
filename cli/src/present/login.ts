import type { LoggedIn } from '../author/log-in.ts';
import type { Presenter } from '../command.ts';
import { toned } from './text.ts';

export const presentLogin: Presenter<LoggedIn> = {
  text: ({ host, account, source, kept }) => [
    ['Logged in to ', host, ' as ', toned(account.login, 'name'), ` (${account.id}).`],
    [kept === undefined ? TOLD[source] : PLACES[kept]],
  ],
  json: ({ host, account: { login, id }, source, kept }) => ({ host, login, id, source, kept }),
};

const TOLD: Readonly<Record<LoggedIn['source'], string>> = {
  GITHUB_TOKEN: 'The token is that of GITHUB_TOKEN; nothing is kept here.',
  GH_TOKEN: 'The token is that of GH_TOKEN; nothing is kept here.',
  gh: 'The token is that of the program gh; nothing is kept here.',
  device: 'Nothing is kept here.',
  stdin: 'Nothing is kept here.',
};

const PLACES: Readonly<Record<NonNullable<LoggedIn['kept']>, string>> = {
  keychain: 'The token is kept in the keychain of the system.',
  file: 'No keychain answers: the token is kept in a file that only you can read.',
};
