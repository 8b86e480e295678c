import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';

const PLUGIN = { summary: 'name of an installed plugin' } as const;
const KEY = { summary: 'its key, as botToken or as BOT_TOKEN' } as const;

export const configList = defineCommand({
  name: 'config list',
  summary: 'Show a plugin’s configuration, and where each value comes from.',
  details: ['Values from the environment and secrets are not shown, and passwords in addresses are masked.'],
  examples: [{ command: 'config list @ar/webhook-bridge', does: 'every key, its value and what it may be' }],
  options: {},
  positionals: { plugin: PLUGIN },
  async run({ args }, context) {
    const { readPluginConfig } = await import('../config/describe.ts');
    const { sourcesOf } = await import('../config/sources.ts');
    return { plugin: args.plugin, keys: await sourcesOf(await readPluginConfig(args.plugin, context), context) };
  },
});

export const configGet = defineCommand({
  name: 'config get',
  summary: 'Print a value of ar-plugins.yaml, or its default.',
  details: [
    'Secrets are refused. A password in an address, as in postgres://user:password@host, should not stand in ar-plugins.yaml: where it does, it is masked here; --json has the value as it is.',
  ],
  examples: [{ command: 'config get @ar/webhook-bridge webhookUrl', does: 'prints the value alone' }],
  options: {},
  positionals: { plugin: PLUGIN, key: KEY },
  async run({ args }, context) {
    const { configKey, configuredValue, maskValue, secretError } = await import('@ar-registry/core/plugin-config');
    const { readPluginConfig } = await import('../config/describe.ts');
    const { description, current } = await readPluginConfig(args.plugin, context);
    const key = configKey(description, args.key);
    if (key.secret) throw secretError(args.plugin, key);
    const own = configuredValue(current, key);
    const value = own ?? key.schema['default'];
    if (value === undefined) throw new ArError('CONFIG_NOT_SET', { plugin: args.plugin, key: key.key });
    const source = own === undefined ? 'default' : 'project';
    return { plugin: args.plugin, key: key.key, value, masked: maskValue(value, key.schema), source };
  },
});
