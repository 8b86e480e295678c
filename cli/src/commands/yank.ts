import { parseExact, planYank } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const yank = defineCommand({
  name: 'yank',
  summary: 'Withdraw a version of your plugin.',
  details: [
    'Nobody newly installs it; a lock that names it keeps working. Nothing is deleted. Undone by unyank.',
    'If latest leads to it, latest moves to the highest release that is left; other dist-tags that lead to it are removed.',
  ],
  examples: [{ command: 'yank @myorg/my-plugin@1.2.0 --reason "Loses messages"', does: 'withdraws it' }],
  options: {
    reason: { type: 'string', value: 'TEXT', summary: 'why; everybody reads it', required: true },
    ...CHANGE_OPTIONS,
  },
  positionals: { plugin: { summary: '@scope/name@<version>' } },
  async run({ values, args }, context) {
    const { name, version } = parseExact(args.plugin);
    return changePlugin(name, { values, plan: (plugin) => planYank(plugin, version, values.reason) }, context);
  },
});
