import { parseExact, planUnyank } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const unyank = defineCommand({
  name: 'unyank',
  summary: 'Offer a withdrawn version of your plugin again.',
  details: ['Dist-tags stay where they are, unless latest leads to nothing that can be installed.'],
  examples: [{ command: 'unyank @myorg/my-plugin@1.2.0', does: 'offers it again' }],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name@<version>' } },
  async run({ values, args }, context) {
    const { name, version } = parseExact(args.plugin);
    return changePlugin(name, { values, plan: (plugin) => planUnyank(plugin, version) }, context);
  },
});
