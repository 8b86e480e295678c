import type { HookPlugin, Plugin } from '@ar-registry/sdk';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { describeThrown } from '../contain.ts';
import { createDelivery } from '../host/delivery.ts';
import type { HookName, PluginEvent } from '../host/events.ts';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import type { Binding } from './binding.ts';
import { createCaller } from './caller.ts';
import { createInterceptor } from './intercept.ts';

const HOOKS: readonly (HookName | 'beforeMessage')[] = [
  'beforeMessage',
  'onConnect',
  'onMessage',
  'onDisconnect',
  'onDenied',
];

/** Hands messages to `beforeMessage`, and the daemon's events to the other hooks that the manifest declares, in order. */
export const hookBinding: Binding = { connectsClient: false, attach };

async function attach(plugin: Plugin, guest: Guest, host: Host): Promise<() => Promise<void>> {
  const hooks = activeHooks(plugin, guest);
  const delivery = createDelivery<PluginEvent>({
    maxEvents: host.limits.maxQueuedEvents,
    maxBytes: host.limits.maxQueuedBytes,
    now: host.elapsedMs,
    deliver: (event) => deliver(event, plugin, { guest, host }),
    onDropped: ({ hook }, inARow) => {
      guest.metrics.counter('ar_plugin_events_dropped_total', 1, { hook });
      if (inARow === 1) guest.logger.warn('events are dropped: the plugin is too slow', { hook });
    },
  });
  const unsubscribe = host.events.subscribe((event) => {
    if (hooks.has(event.hook)) delivery.push(event);
  });
  const leave = hooks.has('beforeMessage') ? intercept(plugin, guest, host) : undefined;
  return async () => {
    unsubscribe();
    await Promise.all([leave?.(), delivery.close(host.limits.unloadTimeoutMs)]);
  };
}

/** Takes the plugin's place at the gate. */
function intercept(plugin: HookPlugin, guest: Guest, host: Host): () => Promise<void> {
  const caller = createCaller({ guest, timeoutMs: host.limits.decisionTimeoutMs, now: host.elapsedMs });
  const leave = host.places.activate(guest.prepared.name, createInterceptor(plugin, caller));
  return async () => {
    leave();
    await caller.close();
  };
}

/** What the manifest declares and the plugin has: users agreed to the first, only the second can be called. */
function activeHooks(plugin: HookPlugin, { prepared, logger }: Guest): ReadonlySet<HookName | 'beforeMessage'> {
  const declared = declaredHooks(prepared.manifest);
  for (const hook of HOOKS) {
    const has = typeof plugin[hook] === 'function';
    if (has && !declared.has(hook)) logger.warn(`${hook} is not called: the manifest does not declare it`);
    if (!has && declared.has(hook))
      logger.warn(`${hook} is declared in the manifest, but the plugin has no such method`);
  }
  return new Set(HOOKS.filter((hook) => declared.has(hook) && typeof plugin[hook] === 'function'));
}

function declaredHooks(manifest: NormalizedManifest): ReadonlySet<HookName | 'beforeMessage'> {
  if (manifest.type !== 'hook') return new Set();
  const { hooks } = manifest;
  return new Set(HOOKS.filter((hook) => hooks[hook] === true));
}

async function deliver(
  event: PluginEvent,
  plugin: HookPlugin,
  { guest, host }: { guest: Guest; host: Host },
): Promise<void> {
  const { hook } = event;
  const startedMs = host.elapsedMs();
  const outcome = await guest.call(() => callHook(event, plugin), { timeoutMs: host.limits.eventTimeoutMs });
  guest.metrics.counter('ar_plugin_events_total', 1, { hook });
  guest.metrics.histogram('ar_plugin_event_seconds', (host.elapsedMs() - startedMs) / 1000, { hook });
  if (outcome.kind === 'returned') return;
  guest.metrics.counter('ar_plugin_event_errors_total', 1, { hook, reason: outcome.kind });
  const error =
    outcome.kind === 'threw' ? describeThrown(outcome.error) : `no answer within ${host.limits.eventTimeoutMs} ms`;
  guest.logger.error(`${hook} failed`, { error });
}

function callHook(event: PluginEvent, plugin: HookPlugin): Promise<void> | void {
  switch (event.hook) {
    case 'onMessage':
      return plugin.onMessage?.(event.event);
    case 'onConnect':
      return plugin.onConnect?.(event.event);
    case 'onDisconnect':
      return plugin.onDisconnect?.(event.event);
    case 'onDenied':
      return plugin.onDenied?.(event.event);
  }
}
