import { parseSpec } from '@ar-registry/core/install';
import { defineCommand } from '../command.ts';
import { noteInstalled } from '../telemetry/happened.ts';

export const install = defineCommand({
  name: 'install',
  summary: 'Install plugins into this project, or what its lock names.',
  details: [
    'A plugin is @scope/name, @scope/name@<version, range or tag>, a folder (linked: the loader reads it in place, so that it sees every edit), an archive (copied), or a git repository: github:owner/repository, git+https://…, git+ssh://…, each with #branch, #tag or #commit, and #path:folder or #branch::path:folder for a plugin in a folder. Without any, exactly what ar-plugins.lock names is restored.',
    'The commit of a repository is locked, and packed by the same rules as any plugin. Where its main file is not in the repository, its build script has to run: the code of strangers with your rights. You are asked first; a script says --allow-build.',
    'With --from everything comes from a bundle that `ar plugin bundle` wrote, npm packages too, and no network is used. It is verified as a registry’s answers are, by what this machine trusts each registry by, and nothing changes before all of it is. Without names: what the lock names, or in a project without plugins all that the bundle was made for.',
    'Every archive is verified before it is unpacked. The change is one: interrupted at any moment, the project has the old or the new state.',
  ],
  examples: [
    { command: 'install @ar/audit-logger', does: 'the latest version' },
    { command: 'install @ar/audit-logger@1.0.0 @ar/webhook-bridge@^1', does: 'an exact version, and a range' },
    { command: 'install ./my-plugin', does: 'a plugin in a folder of your own' },
    { command: 'install github:acme/relay-plugin#v1.2.0', does: 'a tag of a repository' },
    { command: 'install', does: 'what the lock names, after a clone' },
    { command: 'install --from ar-plugins.bundle.tar', does: 'all of a bundle, without a network' },
  ],
  options: {
    'dry-run': { type: 'boolean', summary: 'say what would be done, and do nothing' },
    from: { type: 'string', value: 'FILE', summary: 'take everything from a bundle, and use no network' },
    'allow-build': { type: 'boolean', summary: 'run the build scripts of git repositories unasked' },
  },
  positionals: { plugins: { summary: 'what to install', optional: true, many: true } },
  async run({ values, args }, context) {
    const specs = args.plugins.map(parseSpec);
    const { from } = values;
    const options = { dryRun: values['dry-run'], allowBuild: values['allow-build'] };
    if (from !== undefined)
      return (await import('../bundle/install-from.ts')).installFrom(from, { specs, ...options }, context);
    const { installPlugins, restoreProject } = await import('../install/index.ts');
    const outcome = await (specs.length === 0
      ? restoreProject(options, context)
      : installPlugins(specs, options, context));
    if (outcome.kind !== 'planned') await noteInstalled(outcome.plan.installed, context);
    return outcome;
  },
});
