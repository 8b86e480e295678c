/**
 * Listens in on the daemon's router.
 *
 * agent-relay 1.x has no hooks in the daemon, so the router's methods are wrapped on the instance. The wrappers change
 * nothing: the original runs first, with the same arguments, and its result or error passes through. What the listener
 * does can never reach the routing: an error inside `route` would close the sender's connection.
 */
import type { RelayConnection, RelayEnvelope, RelayRouter } from '../relay/types.ts';
import { toConnectionEvent, toMessageEvent, type PluginEvent } from './events.ts';

export interface TapPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether anybody wants messages at present; if not, none are copied. */
  readonly isListening: () => boolean;
  /** Gets every event, synchronously and in order. Must be fast. */
  readonly onEvent: (event: PluginEvent) => void;
  /** An event could not be made or taken; routing went on. */
  readonly onFault: (error: unknown) => void;
}

type Method = (...args: unknown[]) => unknown;
/** Where clients send what is meant for the router itself. No message, unless somebody connects under that name. */
const ROUTER_NAME = '_router';

type MethodName = 'register' | 'unregister' | 'route' | 'routeChannelMessage';

/** Starts to listen. The function returned puts the router back as it was. */
export function tapRouter(router: RelayRouter, ports: TapPorts): () => void {
  const connected = new Map<string, string | undefined>();
  const messageEvent = (connection: RelayConnection, envelope: RelayEnvelope): PluginEvent | undefined =>
    ports.isListening() ? toMessageEvent(connection, envelope, ports.now()) : undefined;
  const observers: Readonly<Record<MethodName, (...args: never[]) => PluginEvent | undefined>> = {
    register: (connection: RelayConnection) => {
      if (connected.has(connection.id)) return undefined;
      connected.set(connection.id, connection.agentName);
      return toConnectionEvent('onConnect', connection, ports.now());
    },
    // Comes twice for a connection that fails, and also for one that never got past its handshake.
    unregister: (connection: RelayConnection) =>
      connected.delete(connection.id) ? toConnectionEvent('onDisconnect', connection, ports.now()) : undefined,
    route: (connection: RelayConnection, envelope: RelayEnvelope) =>
      envelope.to === ROUTER_NAME && ![...connected.values()].includes(ROUTER_NAME)
        ? undefined
        : messageEvent(connection, envelope),
    routeChannelMessage: (connection: RelayConnection, envelope: RelayEnvelope) => messageEvent(connection, envelope),
  };
  const unwrap = (Object.keys(observers) as MethodName[]).map((name) =>
    wrap(router, name, (args) => observe(() => observers[name](...(args as never[])), ports)),
  );
  return () => {
    for (const restore of unwrap) restore();
  };
}

function observe(makeEvent: () => PluginEvent | undefined, ports: TapPorts): void {
  try {
    const event = makeEvent();
    if (event) ports.onEvent(event);
  } catch (error) {
    ports.onFault(error);
  }
}

function wrap(router: RelayRouter, name: MethodName, after: (args: readonly unknown[]) => void): () => void {
  const target = router as unknown as Record<string, Method | undefined>;
  const own = Object.getOwnPropertyDescriptor(router, name);
  const original = target[name];
  if (original === undefined) return () => undefined; // older 1.x have no channels
  let active = true;
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    if (active) after(args);
    return result;
  };
  target[name] = wrapper;
  return () => {
    active = false;
    // Somebody may have wrapped the wrapper: then it stays below theirs and only passes through.
    if (target[name] !== wrapper) return;
    if (own) Object.defineProperty(router, name, own);
    else delete target[name];
  };
}
