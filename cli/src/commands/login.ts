import { logIn } from '../author/log-in.ts';
import { defineCommand } from '../command.ts';

export const login = defineCommand({
  name: 'login',
  summary: 'Log in to GitHub, to submit by pull request.',
  details: [
    'Shows a code to enter at GitHub, and keeps the token that it gets: in the keychain of the system, or, where none answers (or AR_KEYCHAIN=off), in a file that only you can read.',
    'A token in GITHUB_TOKEN or GH_TOKEN, or of the program gh, is used as it is. Commands look for a token in this order: GITHUB_TOKEN, GH_TOKEN, login, gh.',
    'For a GitHub Enterprise Server set AR_GITHUB_API to its API, such as https://github.example.com/api/v3 (and, if it has them elsewhere, AR_GITHUB_UPLOADS and AR_GITHUB_WEB).',
  ],
  examples: [
    { command: 'login', does: 'shows a code and waits until it is entered' },
    { command: 'login --with-token', does: 'keeps a token that comes on the standard input' },
  ],
  options: { 'with-token': { type: 'boolean', summary: 'read a token from the standard input' } },
  positionals: {},
  run: ({ values }, context) => logIn({ withToken: values['with-token'] }, context),
});
