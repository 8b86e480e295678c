import { ArError } from '@ar-registry/core/errors';
import { parseSelection, planDeprecate } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const deprecate = defineCommand({
  name: 'deprecate',
  summary: 'Advise against versions of your plugin.',
  details: [
    'They can still be installed, with a warning that shows the message. Without a version all that are published are meant, with a range all in it, prereleases too.',
    'Said again with another message, the message changes. Undone by undeprecate.',
  ],
  examples: [
    { command: 'deprecate @myorg/my-plugin@1.0.0 --message "Use 2.0 instead"', does: 'one version' },
    { command: 'deprecate "@myorg/my-plugin@<2" "Use 2.0 instead"', does: 'all before 2.0.0' },
  ],
  options: {
    message: { type: 'string', value: 'TEXT', summary: 'what to use instead' },
    ...CHANGE_OPTIONS,
  },
  positionals: {
    plugin: { summary: '@scope/name, or @scope/name@<version, range or tag>' },
    text: { summary: 'the message, unless --message gives it', optional: true },
  },
  async run({ values, args }, context) {
    const { name, selection } = parseSelection(args.plugin);
    const message = messageOf(values.message, args.text);
    return changePlugin(name, { values, plan: (plugin) => planDeprecate(plugin, selection, message) }, context);
  },
});

/** @throws USAGE */
function messageOf(option: string | undefined, text: string | undefined): string {
  const message = option ?? text;
  if (message !== undefined && (option === undefined || text === undefined)) return message;
  const problem = message === undefined ? 'The message is missing.' : 'The message is given twice.';
  throw new ArError('USAGE', { problem, help: 'ar plugin deprecate --help' });
}
