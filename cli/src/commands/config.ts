import { defineCommand } from '../command.ts';

export const config = defineCommand({
  name: 'config',
  summary: 'Configure a plugin, question by question.',
  details: [
    'Asks for each value that the plugin’s own schema names, checks it, and writes all of them into ar-plugins.yaml at the end. An empty answer keeps what is there; Ctrl-C leaves everything as it was.',
    'Secrets are neither asked for nor written: they are read from the environment, or from .env beside ar-plugins.yaml. What ar.config says of a plugin stands above all of this.',
    'Without questions: config list, config get, config set, config unset.',
  ],
  examples: [{ command: 'config @ar/webhook-bridge', does: 'asks for its values' }],
  options: {},
  positionals: { plugin: { summary: 'name of an installed plugin' } },
  async run({ args }, context) {
    const { readPluginConfig } = await import('../config/describe.ts');
    const { askConfig } = await import('../config/ask-config.ts');
    const { changeConfig } = await import('../config/change-config.ts');
    const { edits, toSet } = await askConfig(await readPluginConfig(args.plugin, context), context);
    return { plugin: args.plugin, changed: await changeConfig(args.plugin, edits, context), toSet };
  },
});
