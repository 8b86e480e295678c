import { parseExact, parsePlugin, planTagAdd, planTagRemove } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { readPublished } from '../author/read-published.ts';
import { defineCommand } from '../command.ts';

export const distTagAdd = defineCommand({
  name: 'dist-tag add',
  summary: 'Give a version of your plugin a name, or move the name to it.',
  details: ['Who installs @scope/name gets latest, and who installs @scope/name@beta what beta leads to.'],
  examples: [
    { command: 'dist-tag add @myorg/my-plugin@1.2.0 beta', does: 'for those who ask for beta' },
    { command: 'dist-tag add @myorg/my-plugin@1.1.0 latest', does: 'back to an older release' },
  ],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name@<version>' }, tag: { summary: 'a word of a-z, 0-9 and hyphens' } },
  async run({ values, args }, context) {
    const { name, version } = parseExact(args.plugin);
    return changePlugin(name, { values, plan: (plugin) => planTagAdd(plugin, version, args.tag) }, context);
  },
});

export const distTagRemove = defineCommand({
  name: 'dist-tag rm',
  summary: 'Remove a dist-tag of your plugin.',
  details: ['latest can be moved, and not removed.'],
  examples: [{ command: 'dist-tag rm @myorg/my-plugin beta', does: 'nobody can ask for beta any more' }],
  options: CHANGE_OPTIONS,
  positionals: { plugin: { summary: '@scope/name' }, tag: { summary: 'which one' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    return changePlugin(name, { values, plan: (plugin) => planTagRemove(plugin, args.tag) }, context);
  },
});

export const distTagList = defineCommand({
  name: 'dist-tag list',
  summary: 'List the dist-tags of a plugin.',
  details: ['As the registry serves them; with --index or AR_INDEX as the index says, which the registry follows.'],
  examples: [{ command: 'dist-tag list @myorg/my-plugin', does: 'which version each leads to' }],
  options: { index: CHANGE_OPTIONS.index },
  positionals: { plugin: { summary: '@scope/name' } },
  async run({ values, args }, context) {
    const { name, distTags } = await readPublished(parsePlugin(args.plugin), values.index, context);
    return { name, distTags };
  },
});
