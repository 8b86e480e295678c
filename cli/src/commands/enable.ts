import { planEnable } from '@ar-registry/core/install';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';

export const enable = defineCommand({
  name: 'enable',
  summary: 'Let the daemon load plugins again.',
  details: ['Takes effect when the daemon starts the next time, or by `ar plugin reload`.'],
  examples: [{ command: 'enable @ar/audit-logger', does: 'sets `enabled: true` in ar-plugins.yaml' }],
  options: {},
  positionals: { plugins: { summary: 'names of installed plugins', many: true } },
  run: ({ args }, context) => turn(args.plugins, true, context),
});

export const disable = defineCommand({
  name: 'disable',
  summary: 'Keep plugins installed, and let the daemon not load them.',
  details: [
    'Takes effect when the daemon starts the next time, or by `ar plugin reload`. Configuration and granted permissions stay.',
  ],
  examples: [{ command: 'disable @ar/audit-logger', does: 'sets `enabled: false` in ar-plugins.yaml' }],
  options: {},
  positionals: { plugins: { summary: 'names of installed plugins', many: true } },
  run: ({ args }, context) => turn(args.plugins, false, context),
});

async function turn(names: readonly string[], enabled: boolean, context: Context) {
  const { changeOptions } = await import('../install/change-options.ts');
  const { changeProject } = await import('@ar-registry/io/project');
  const options = changeOptions(await context.projectDir(), enabled ? 'enable' : 'disable', context);
  return changeProject(options, async (project) => {
    const { change, changed, unchanged } = planEnable(project, names, enabled);
    return { change, result: { enabled, changed, unchanged } };
  });
}
