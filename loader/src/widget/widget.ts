import type { Plugin, WidgetPlugin } from '@ar-registry/sdk';
import type { Binding } from '../bindings/binding.ts';
import { createCaller } from '../bindings/caller.ts';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import { toWidgetData } from './data.ts';

/** Puts the displays that a widget's manifest declares on the page. */
export const widgetBinding: Binding = { connectsClient: false, attach };

async function attach(loaded: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  // Required methods were checked when the plugin was imported.
  const plugin = loaded as WidgetPlugin;
  const { name, manifest } = guest.prepared;
  const declared = manifest.type === 'widget' ? manifest.displays : [];
  const types = new Map(declared.map(({ data, type }) => [data, type]));
  const caller = createCaller({ guest, timeoutMs: host.limits.displayTimeoutMs, now: host.now });
  const remove = await host.widgets.add({
    plugin: name,
    displays: declared.map(({ data, type, title }) => ({
      name: data,
      type,
      title: title ?? data.replaceAll('_', ' '),
    })),
    async ask(display) {
      const type = types.get(display);
      const answer = await caller.ask('getData', () => plugin.getData(display));
      if (!answer.ok || !type) return undefined;
      const data = toWidgetData(type, answer.value);
      if (!data) caller.refuse('getData', `no data of a ${type} for ${display}`);
      return data;
    },
  });
  return async () => {
    remove();
    await caller.close();
  };
}
