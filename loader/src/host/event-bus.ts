import type { PluginEvent } from './events.ts';

type Listener = (event: PluginEvent) => void;

/** Hands events of the daemon to whoever listens. A listener must be fast and must not throw. */
export interface EventBus {
  emit(event: PluginEvent): void;
  /** @returns ends it */
  subscribe(listener: Listener): () => void;
  hasListeners(): boolean;
}

export function createEventBus(): EventBus {
  const listeners = new Set<Listener>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hasListeners: () => listeners.size > 0,
  };
}
