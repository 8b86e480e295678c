import { gitHubPlaces } from '@ar-registry/io/propose';
import { credentialStore, hostOf } from '../author/github.ts';
import { defineCommand } from '../command.ts';

export const logout = defineCommand({
  name: 'logout',
  summary: 'Forget the token that login keeps.',
  details: [
    'At GitHub the token stays valid until it is revoked there, under Settings, Applications. A keychain that is locked or does not answer may keep its token: that is said, and no failure.',
  ],
  examples: [{ command: 'logout', does: 'removes it from the keychain or the file' }],
  options: {},
  positionals: {},
  async run(_input, context) {
    const store = await credentialStore(context);
    return { host: hostOf(gitHubPlaces(context.env)), ...(await store.remove()) };
  },
});
