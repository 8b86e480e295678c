import { isOutdated, standingOf, updateTargets } from '@ar-registry/core/install';
import { defineCommand } from '../command.ts';

export const outdated = defineCommand({
  name: 'outdated',
  summary: 'Show which plugins have newer versions.',
  details: [
    'Wanted is what `update` would install, latest what `update --latest` would. Installed versions that were withdrawn or deprecated are marked.',
  ],
  examples: [
    { command: 'outdated', does: 'current, wanted and latest version of each' },
    { command: 'outdated --exit-code', does: 'for a scheduled check: ends with 1 if there are any' },
  ],
  options: {
    'exit-code': { type: 'boolean', summary: 'end with exit code 1 if any plugin is outdated' },
  },
  positionals: {},
  async run({ values }, context) {
    const { readProject } = await import('@ar-registry/io/project');
    const { createPorts, readOffers } = await import('../install/index.ts');
    const project = await readProject(await context.projectDir(), context.dataDir);
    const { registry, local } = updateTargets(project, []);
    const ports = await createPorts(context);
    const { offers, missing } = await context.output.during('Looking up versions', () => readOffers(registry, ports));
    const plugins = offers.flatMap(({ target, plugin }) => {
      const standing = standingOf(plugin, target);
      const notable = isOutdated(standing, target.version) || standing.installed?.deprecated !== undefined;
      return notable ? [{ target, standing }] : [];
    });
    return { plugins, local, missing, exitCode: values['exit-code'] };
  },
});
