import { ArError } from '@ar-registry/core/errors';
import { parsePlugin, planEdit, type MetadataEdit } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const edit = defineCommand({
  name: 'edit',
  summary: 'Change what the registry says of your plugin as a whole.',
  details: [
    'What belongs to a version (description, tags, licence) is in its manifest: publish a new one. A person looks at a change of this kind before it is merged.',
    'An alias is a former name; a plugin that is renamed leads to the one that stands in its place.',
  ],
  examples: [
    { command: 'edit @myorg/my-plugin --repository https://github.com/myorg/my-plugin', does: 'after it has moved' },
    { command: 'edit @myorg/my-plugin --renamed-to @myorg/our-plugin', does: 'once the other is published' },
    { command: 'edit @myorg/our-plugin --add-alias @myorg/my-plugin', does: 'so that the old name leads here' },
  ],
  options: {
    repository: { type: 'string', value: 'URL', summary: 'git address of the sources' },
    'add-alias': { type: 'string', value: 'NAME', summary: 'a former name, @scope/name', multiple: true },
    'remove-alias': { type: 'string', value: 'NAME', summary: 'one that leads here no more', multiple: true },
    'renamed-to': { type: 'string', value: 'NAME', summary: 'the plugin that stands in its place' },
    'not-renamed': { type: 'boolean', summary: 'take --renamed-to back' },
    ...CHANGE_OPTIONS,
  },
  positionals: { plugin: { summary: '@scope/name' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    const wanted: MetadataEdit = {
      repository: values.repository,
      addAliases: values['add-alias'],
      removeAliases: values['remove-alias'],
      renamedTo: values['not-renamed'] ? null : values['renamed-to'],
    };
    refuseUnclear(wanted, values['not-renamed'] && values['renamed-to'] !== undefined);
    return changePlugin(name, { values, plan: (plugin) => planEdit(plugin, wanted) }, context);
  },
});

/** @throws USAGE */
function refuseUnclear({ repository, addAliases, removeAliases, renamedTo }: MetadataEdit, both: boolean): void {
  const nothing = repository === undefined && renamedTo === undefined && !addAliases?.length && !removeAliases?.length;
  const problem = both ? '--renamed-to and --not-renamed exclude each other.' : 'It is not said what to change.';
  if (nothing || both) throw new ArError('USAGE', { problem, help: 'ar plugin edit --help' });
}
