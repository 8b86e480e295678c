import { expect, test } from 'vitest';
import type { PluginType } from '@ar-registry/schemas';
import { BINDINGS } from './bindings/index.ts';
import type { LocatedPlugin } from './locate.ts';
import { preparePlugin, type PrepareContext } from './prepare.ts';
import type { PluginRequest } from './config/entry.ts';

test('a plugin of a type without a binding ends with PLUGIN_TYPE_UNSUPPORTED', async () => {
  const located = { manifest: { name: '@a/b', version: '1.0.0', type: 'memory' } } as unknown as LocatedPlugin;
  const context = { boundTypes: new Set<PluginType>(['hook']) } as unknown as PrepareContext;
  const preparing = preparePlugin(located, {} as PluginRequest, context);
  await expect(preparing).rejects.toMatchObject({ code: 'PLUGIN_TYPE_UNSUPPORTED', facts: { type: 'memory' } });
});

test('every type of the manifest has a binding', () => {
  expect(new Set(BINDINGS.keys())).toEqual(new Set(['bridge', 'storage', 'memory', 'policy', 'hook', 'widget']));
});
