import { parseSelection, planUndeprecate } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const undeprecate = defineCommand({
  name: 'undeprecate',
  summary: 'Take back the advice against versions of your plugin.',
  examples: [
    { command: 'undeprecate @myorg/my-plugin@1.0.0', does: 'one version' },
    { command: 'undeprecate @myorg/my-plugin', does: 'all that are deprecated' },
  ],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name, or @scope/name@<version, range or tag>' } },
  async run({ values, args }, context) {
    const { name, selection } = parseSelection(args.plugin);
    return changePlugin(name, { values, plan: (plugin) => planUndeprecate(plugin, selection) }, context);
  },
});
