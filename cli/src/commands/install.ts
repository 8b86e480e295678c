import { parseSpec } from '@ar-registry/core/install';
import { defineCommand } from '../command.ts';

export const install = defineCommand({
  name: 'install',
  summary: 'Install plugins into this project, or what its lock names.',
  details: [
    'A plugin is @scope/name, @scope/name@<version, range or tag>, a folder (linked: the loader reads it in place) or an archive. Without any, exactly what ar-plugins.lock names is restored.',
    'Every archive is verified before it is unpacked. The change is one: interrupted at any moment, the project has the old or the new state.',
  ],
  examples: [
    { command: 'install @ar/audit-logger', does: 'the latest version' },
    { command: 'install @ar/audit-logger@1.0.0 @ar/webhook-bridge@^1', does: 'an exact version, and a range' },
    { command: 'install ./my-plugin', does: 'a plugin in a folder' },
    { command: 'install', does: 'what the lock names, after a clone' },
  ],
  options: {
    'dry-run': { type: 'boolean', summary: 'say what would be done, and do nothing' },
  },
  positionals: { plugins: { summary: 'what to install', optional: true, many: true } },
  async run({ values, args }, context) {
    const specs = args.plugins.map(parseSpec);
    const { installPlugins, restoreProject } = await import('../install/index.ts');
    if (specs.length === 0) return restoreProject(context);
    return installPlugins(specs, { dryRun: values['dry-run'] }, context);
  },
});
