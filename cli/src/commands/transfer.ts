import { parseAccount, parsePlugin, planTransfer } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin, type Plan } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const transfer = defineCommand({
  name: 'transfer',
  summary: 'Hand your plugin over to somebody else.',
  details: [
    'In one change the other account becomes an owner and you are none any more; further owners stay. The scope keeps its owners.',
    'A person looks at it before it is merged. Without the numeric id of the account GitHub is asked for it.',
  ],
  examples: [{ command: 'transfer @myorg/my-plugin grace:1906', does: 'to the account 1906' }],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name' }, account: { summary: '<login> or <login>:<id>' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    const named = parseAccount(args.account);
    const plan: Plan = async (plugin, { submitter, account }) => planTransfer(plugin, submitter, await account(named));
    return changePlugin(name, { values, plan }, context);
  },
});
