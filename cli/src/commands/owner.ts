import { parseAccount, parsePlugin, planOwnerAdd, planOwnerRemove } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin, type Plan } from '../author/change-plugin.ts';
import { readPublished } from '../author/read-published.ts';
import { defineCommand } from '../command.ts';

const REVIEWED = 'Who owns a plugin is looked at by a person before it is merged.';

export const ownerAdd = defineCommand({
  name: 'owner add',
  summary: 'Add an owner to your plugin.',
  details: [
    `An owner may publish, change and hand over the plugin. ${REVIEWED}`,
    'The numeric id of the account counts, since logins can change hands: without it GitHub is asked for it.',
  ],
  examples: [{ command: 'owner add @myorg/my-plugin grace:1906', does: 'adds the account 1906' }],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name' }, account: { summary: '<login> or <login>:<id>' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    const named = parseAccount(args.account);
    const plan: Plan = async (plugin, { account }) => planOwnerAdd(plugin, await account(named));
    return changePlugin(name, { values, plan }, context);
  },
});

export const ownerRemove = defineCommand({
  name: 'owner remove',
  summary: 'Remove an owner of your plugin.',
  details: [`The last one stays. ${REVIEWED}`],
  examples: [{ command: 'owner remove @myorg/my-plugin grace', does: 'removes grace' }],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name' }, account: { summary: '<login> or <login>:<id>' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    const account = parseAccount(args.account);
    return changePlugin(name, { values, plan: (plugin) => planOwnerRemove(plugin, account) }, context);
  },
});

export const ownerList = defineCommand({
  name: 'owner list',
  summary: 'List the owners of a plugin.',
  details: ['As the registry serves them; with --index or AR_INDEX as the index says, which the registry follows.'],
  examples: [{ command: 'owner list @myorg/my-plugin', does: 'logins and numeric ids' }],
  options: { index: CHANGE_OPTIONS.index },
  positionals: { plugin: { summary: '@scope/name' } },
  async run({ values, args }, context) {
    const { name, owners } = await readPublished(parsePlugin(args.plugin), values.index, context);
    return { name, owners };
  },
});
