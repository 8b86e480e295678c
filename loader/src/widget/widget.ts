import type { Plugin, WidgetPlugin } from '@ar-registry/sdk';
import type { Binding } from '../bindings/binding.ts';
import { createCaller } from '../bindings/caller.ts';
import { describeThrown } from '../contain.ts';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import { toWidgetData } from './data.ts';
import { createObserver } from './observe.ts';

/** Puts the displays that a widget's manifest declares on the page, and tells the widget what it may observe. */
export const widgetBinding: Binding = { connectsClient: false, attach };

function attach(loaded: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  // Required methods were checked when the plugin was imported.
  const plugin = loaded as WidgetPlugin;
  const { name, manifest } = guest.prepared;
  const declared = manifest.type === 'widget' ? manifest.displays : [];
  const types = new Map(declared.map(({ data, type }) => [data, type]));
  const caller = createCaller({ guest, timeoutMs: host.limits.displayTimeoutMs, now: host.elapsedMs });
  const remove = host.widgets.add({
    plugin: name,
    displays: declared.map(({ data, type, title }) => ({
      name: data,
      type,
      title: title ?? data.replaceAll('_', ' '),
    })),
    async ask(display) {
      const type = types.get(display);
      if (!type) return undefined;
      // To read what it answers may run code of the plugin, too.
      const answer = await caller.ask('getData', async () => toWidgetData(type, await plugin.getData(display)));
      if (!answer.ok) return undefined;
      if (!answer.value) caller.refuse('getData', `no data of a ${type} for ${display}`);
      return answer.value;
    },
  });
  const stopObserving = observe(plugin, guest, host);
  return Promise.resolve(async () => {
    remove();
    await Promise.all([stopObserving(), caller.close()]);
  });
}

/** Users agreed to what the manifest declares; only a method that the plugin has can be called. */
function observe(plugin: WidgetPlugin, guest: Guest, { traffic, limits, elapsedMs }: Host): () => Promise<void> {
  const { logger, metrics, prepared } = guest;
  const { manifest } = prepared;
  const isDeclared = manifest.type === 'widget' && manifest.observes?.includes('messages') === true;
  const has = typeof plugin.onMessages === 'function';
  if (has && !isDeclared) logger.warn('onMessages is not called: the manifest does not declare `observes: [messages]`');
  if (!has && isDeclared) logger.warn('`observes: [messages]` is declared, but the plugin has no method onMessages');
  if (!has || !isDeclared) return () => Promise.resolve();
  const observer = createObserver({
    maxQueued: limits.maxQueuedEvents,
    async deliver(batch) {
      const startedMs = elapsedMs();
      const outcome = await guest.call(() => plugin.onMessages?.(batch), { timeoutMs: limits.eventTimeoutMs });
      metrics.counter('ar_plugin_events_total', batch.observations.length, { hook: HOOK });
      metrics.histogram('ar_plugin_event_seconds', (elapsedMs() - startedMs) / 1000, { hook: HOOK });
      if (outcome.kind === 'returned') return;
      metrics.counter('ar_plugin_event_errors_total', 1, { hook: HOOK, reason: outcome.kind });
      const error =
        outcome.kind === 'threw' ? describeThrown(outcome.error) : `no answer within ${limits.eventTimeoutMs} ms`;
      logger.error(`${HOOK} failed`, { error });
    },
    onDropped: (sinceBatch) => {
      metrics.counter('ar_plugin_events_dropped_total', 1, { hook: HOOK });
      if (sinceBatch === 1) logger.warn('observations are dropped: the widget is too slow');
    },
  });
  const unsubscribe = traffic.subscribe((observation) => observer.push(observation));
  return async () => {
    unsubscribe();
    await observer.close(limits.unloadTimeoutMs);
  };
}

const HOOK = 'onMessages';
