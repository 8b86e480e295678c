import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';
import { noteUpdated } from '../telemetry/happened.ts';

export const update = defineCommand({
  name: 'update',
  summary: 'Update the plugins of this project.',
  details: [
    'Each plugin moves to the highest version that ar-plugins.yaml allows; without names, all of them do. Shown for each: where to read what is new, and what changes in permissions, publisher, repository and trust. It asks again only where a plugin may do more than before.',
    'Where config.yaml sets minimumReleaseAge, younger versions are left out. The change is one, as with install. A plugin of a git repository moves to the newest commit of its branch; a linked folder is what it is. It stops where the registry has another archive for an installed version than the lock.',
  ],
  examples: [
    { command: 'update', does: 'all plugins, within their wanted ranges' },
    { command: 'update @ar/audit-logger --dry-run', does: 'what would change for one of them' },
    { command: 'update --latest', does: 'the latest versions, and ranges that fit them' },
  ],
  options: {
    'dry-run': { type: 'boolean', summary: 'say what would be done, and do nothing' },
    'allow-build': { type: 'boolean', summary: 'run the build scripts of git repositories unasked' },
    latest: { type: 'boolean', summary: 'leave the wanted range where the latest version lies beyond it' },
  },
  positionals: { plugins: { summary: 'names of installed plugins', optional: true, many: true } },
  async run({ values, args }, context) {
    refuseVersions(args.plugins);
    const { updatePlugins } = await import('../install/index.ts');
    const options = { latest: values.latest, dryRun: values['dry-run'], allowBuild: values['allow-build'] };
    const outcome = await updatePlugins(args.plugins, options, context);
    if (!outcome.dryRun) await noteUpdated(outcome.updated, context);
    return outcome;
  },
});

/** To a version of one's own choice a plugin is installed, which changes what is wanted. @throws USAGE */
function refuseVersions(names: readonly string[]): void {
  const spec = names.find((name) => name.lastIndexOf('@') > 0);
  if (spec === undefined) return;
  const problem = `update takes names alone, and ${spec} names a version too.`;
  throw new ArError('USAGE', { problem, suggestion: `\`ar plugin install ${spec}\``, help: 'ar plugin update --help' });
}
