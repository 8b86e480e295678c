import { defineCommand } from '../command.ts';

const PLUGIN = { summary: 'name of an installed plugin' } as const;
const KEY = { summary: 'its key, as botToken or as BOT_TOKEN' } as const;

export const configSet = defineCommand({
  name: 'config set',
  summary: 'Set a value of a plugin in ar-plugins.yaml.',
  details: [
    'The value is checked against the plugin’s schema. It is read as JSON where the schema takes that (8, true, ["#general"]), else as text. Secrets are refused: the error says which variable to set. Put -- before a value that starts with a hyphen.',
  ],
  examples: [
    { command: 'config set @ar/webhook-bridge webhookTimeoutSeconds 5', does: 'a number' },
    { command: 'config set @ar/webhook-bridge WEBHOOK_URL https://example.com/hook', does: 'the same key either way' },
  ],
  options: {},
  positionals: { plugin: PLUGIN, key: KEY, value: { summary: 'its value' } },
  async run({ args }, context) {
    const { configKey, parseConfigValue } = await import('@ar-registry/core/plugin-config');
    const { readPluginConfig } = await import('../config/describe.ts');
    const { changeConfig } = await import('../config/change-config.ts');
    const { description, current } = await readPluginConfig(args.plugin, context);
    const key = configKey(description, args.key);
    const value = parseConfigValue(description, key, { text: args.value, current });
    return {
      plugin: args.plugin,
      changed: await changeConfig(args.plugin, new Map([[key, value]]), context),
      toSet: [],
    };
  },
});

export const configUnset = defineCommand({
  name: 'config unset',
  summary: 'Take a value of a plugin out of ar-plugins.yaml.',
  examples: [{ command: 'config unset @ar/webhook-bridge webhookTimeoutSeconds', does: 'back to the default' }],
  options: {},
  positionals: { plugin: PLUGIN, key: KEY },
  async run({ args }, context) {
    const { configKey } = await import('@ar-registry/core/plugin-config');
    const { readPluginConfig } = await import('../config/describe.ts');
    const { changeConfig } = await import('../config/change-config.ts');
    const { description } = await readPluginConfig(args.plugin, context);
    const edits = new Map([[configKey(description, args.key), undefined]]);
    return { plugin: args.plugin, changed: await changeConfig(args.plugin, edits, context), toSet: [] };
  },
});
