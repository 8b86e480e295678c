import type { PluginType } from '@ar-registry/schemas';
import type { Binding } from './binding.ts';
import { bridgeBinding } from './bridge.ts';
import { hookBinding } from './hook.ts';
import { memoryBinding } from './memory/memory.ts';
import { policyBinding } from './policy/policy.ts';
import { storageBinding } from './storage/storage.ts';
import { widgetBinding } from '../widget/widget.ts';

/** The types that this loader binds to the daemon. Plugins of any other are refused before they run. */
export const BINDINGS: ReadonlyMap<PluginType, Binding> = new Map<PluginType, Binding>([
  ['bridge', bridgeBinding],
  ['hook', hookBinding],
  ['memory', memoryBinding],
  ['policy', policyBinding],
  ['storage', storageBinding],
  ['widget', widgetBinding],
]);
