/**
 * What becomes of messages, for widgets that watch: who wrote to whom, how much, how long it took. Never what.
 *
 * agent-relay 1.x tells nobody, so the methods of its router have a layer around them while somebody watches. A layer
 * changes nothing: what it notes, it notes after the original ran. A message is recognised on its way by a mark on its
 * frame, since its own id is whatever the sender wrote; the gate's copies carry the mark along.
 */
import { truncate } from '@ar-registry/core/text';
import type { FailedMessageFacts, MessageObservation } from '@ar-registry/sdk';
import type { Denial, GatedMessage } from '../bindings/gate/message.ts';
import { createRouterLayers, type RouterLayers, type RouterMethod } from '../host/router-layers.ts';
import type { RelayConnection, RelayEnvelope, RelayRouter } from '../relay/types.ts';

export interface Traffic {
  /** The listener must be fast. What it throws is told to `onFault`. @returns ends it */
  subscribe(listener: (observation: MessageObservation) => void): () => void;
  /** The gate kept a message from some or all. */
  denied(message: Pick<GatedMessage, 'event' | 'addressee' | 'kind'>, denial: Denial): void;
}

export interface TrafficPorts {
  readonly router: RelayRouter;
  readonly layers: RouterLayers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, with fractions, of a clock that nobody sets. */
  readonly elapsedMs: () => number;
  /** Something could not be observed; routing went on. */
  readonly onFault: (error: unknown) => void;
}

/** Deliveries that are remembered while they wait for an acknowledgement; what is beyond is not told of. */
const MAX_PENDING = 10_000;
const MAX_DENIED = 100;
const MAX_NAME_CHARS = 200;
/** Where clients send what is meant for the router itself. */
const ROUTER_NAME = '_router';

/** When the daemon was handed the message, by `elapsedMs`. A symbol is no part of what is sent on. */
const ARRIVED = Symbol('arrived');

interface Marked {
  [ARRIVED]?: number;
}

/** A delivery as the router makes it. */
interface Deliver {
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  readonly topic?: string;
}

interface Pending {
  readonly connectionId: string;
  readonly from: string;
  readonly to: string;
  readonly topic: unknown;
  readonly arrivedMs: number | undefined;
}

/** The private parts that are read here; each may be missing in another 1.x, and then there is less to observe. */
interface RouterParts {
  readonly agents?: ReadonlyMap<string, unknown>;
  readonly deliveryTracker?: object;
  readonly rateLimiter?: object;
}

type Note = (args: readonly unknown[], result: unknown) => void;

export function createTraffic(ports: TrafficPorts): Traffic {
  return new RouterTraffic(ports);
}

class RouterTraffic implements Traffic {
  readonly #ports: TrafficPorts;
  readonly #listeners = new Set<(observation: MessageObservation) => void>();
  readonly #arrivals = new WeakMap<object, number>();
  readonly #pending = new Map<string, Pending>();
  #undo: readonly (() => void)[] = [];

  constructor(ports: TrafficPorts) {
    this.#ports = ports;
  }

  subscribe(listener: (observation: MessageObservation) => void): () => void {
    const one = (observation: MessageObservation): void => listener(observation);
    this.#listeners.add(one);
    if (this.#listeners.size === 1) this.#undo = this.#follow();
    return () => {
      if (!this.#listeners.delete(one) || this.#listeners.size > 0) return;
      for (const undo of this.#undo) undo();
      this.#pending.clear();
    };
  }

  denied({ event, addressee, kind }: Parameters<Traffic['denied']>[0], { from }: Denial): void {
    if (this.#listeners.size === 0) return;
    const names = from.length === 0 || kind === 'channel' ? [addressee] : from.slice(0, MAX_DENIED);
    for (const name of names)
      this.#tellFailed('denied', { from: event.from, topic: event.topic, ...addressed(kind, name) });
  }

  #follow(): readonly (() => void)[] {
    const { router, layers } = this.#ports;
    const { deliveryTracker, rateLimiter } = router as RouterParts;
    return [
      this.#before(layers, 'route', (connection, envelope) => this.#arrive(connection, envelope, 'direct')),
      this.#before(layers, 'routeChannelMessage', (connection, envelope) =>
        this.#arrive(connection, envelope, 'channel'),
      ),
      this.#after(layers, 'createDeliverEnvelope', ([, , original], deliver) => this.#correlate(original, deliver)),
      this.#after(layers, 'trackDelivery', ([target, deliver]) => this.#track(target as never, deliver as never)),
      this.#after(layers, 'handleAck', ([connection, envelope]) => this.#ack(connection as never, envelope as never)),
      this.#after(layers, 'sendDirect', ([from, to, envelope], sent) => {
        const { topic } = envelope as RelayEnvelope;
        if (sent === false && !isInternal(to)) this.#tellFailed('unreachable', { from, to, topic });
      }),
      this.#before(layers, 'clearPendingForConnection', (id) => this.#disconnect(id)),
      ...this.#followPart(deliveryTracker, 'markFailed', ([id]) => this.#giveUp(id)),
      ...this.#followPart(rateLimiter, 'tryAcquire', ([from], isAllowed) => {
        if (isAllowed === false) this.#tellFailed('rate-limited', { from });
      }),
    ];
  }

  #followPart(part: object | undefined, name: string, note: Note): readonly (() => void)[] {
    return part ? [this.#after(createRouterLayers(part as RelayRouter), name, note)] : [];
  }

  #after(layers: RouterLayers, name: string, note: Note): () => void {
    const contain = (args: readonly unknown[], result: unknown): void => this.#contain(() => note(args, result));
    return layers.wrap(
      name,
      (below: RouterMethod) =>
        function observed(this: unknown, ...args: unknown[]): unknown {
          const result = below.apply(this, args);
          contain(args, result);
          return result;
        },
    );
  }

  /** For what must be noted first: the original hands it on, or forgets it. */
  #before(layers: RouterLayers, name: string, note: (...args: readonly unknown[]) => void): () => void {
    const contain = (args: readonly unknown[]): void => this.#contain(() => note(...args));
    return layers.wrap(
      name,
      (below: RouterMethod) =>
        function observed(this: unknown, ...args: unknown[]): unknown {
          contain(args);
          return below.apply(this, args);
        },
    );
  }

  /** An error inside of the routing would end the sender's connection. */
  #contain(note: () => void): void {
    try {
      note();
    } catch (error) {
      this.#ports.onFault(error);
    }
  }

  #arrive(connection: unknown, frame: unknown, kind: 'direct' | 'channel'): void {
    const { agentName } = connection as RelayConnection;
    const envelope = frame as RelayEnvelope & Marked;
    if (envelope.to === ROUTER_NAME && (this.#ports.router as RouterParts).agents?.has(ROUTER_NAME) !== true) return;
    envelope[ARRIVED] = this.#ports.elapsedMs();
    const payload = (envelope.payload ?? {}) as { readonly body?: unknown; readonly channel?: unknown };
    const to = kind === 'channel' ? payload.channel : envelope.to;
    this.#tell({
      kind: 'sent',
      ...this.#facts({ from: agentName, topic: envelope.topic, ...addressed(kind, to) }),
      bodyBytes: typeof payload.body === 'string' ? Buffer.byteLength(payload.body) : 0,
    });
  }

  #correlate(original: unknown, deliver: unknown): void {
    const arrivedMs = (original as Marked)[ARRIVED];
    if (arrivedMs !== undefined) this.#arrivals.set(deliver as object, arrivedMs);
  }

  #track(target: RelayConnection, deliver: Deliver): void {
    if (this.#pending.size >= MAX_PENDING) return;
    const { id, from = '', to = '', topic } = deliver;
    this.#pending.set(id, { connectionId: target.id, from, to, topic, arrivedMs: this.#arrivals.get(deliver) });
  }

  /** Only whoever got a delivery can acknowledge it. */
  #ack(connection: RelayConnection, envelope: RelayEnvelope): void {
    const { ack_id: id } = (envelope.payload ?? {}) as { readonly ack_id?: unknown };
    const pending = typeof id === 'string' ? this.#pending.get(id) : undefined;
    if (typeof id !== 'string' || pending?.connectionId !== connection.id) return;
    this.#pending.delete(id);
    const { arrivedMs } = pending;
    const latency = arrivedMs === undefined ? {} : { latencyMs: Math.max(0, this.#ports.elapsedMs() - arrivedMs) };
    this.#tell({ kind: 'delivered', ...this.#facts(pending), ...latency });
  }

  #giveUp(id: unknown): void {
    const pending = this.#pending.get(id as string);
    if (!pending) return;
    this.#pending.delete(id as string);
    this.#tellFailed('unacknowledged', pending);
  }

  #disconnect(connectionId: unknown): void {
    for (const [id, pending] of this.#pending) {
      if (pending.connectionId !== connectionId) continue;
      this.#pending.delete(id);
      this.#tellFailed('disconnected', pending);
    }
  }

  #tellFailed(reason: FailedMessageFacts['reason'], given: GivenFacts): void {
    this.#tell({ kind: 'failed', ...this.#facts(given), reason });
  }

  #facts({ from, to, channel, topic }: GivenFacts): Pick<MessageObservation, 'at' | 'from' | 'to'> {
    const texts = Object.entries({ to, channel, topic }).flatMap(([key, value]) =>
      typeof value === 'string' && value !== '' ? [[key, truncate(value, MAX_NAME_CHARS)] as const] : [],
    );
    const name = typeof from === 'string' ? truncate(from, MAX_NAME_CHARS) : '';
    return { at: this.#ports.now(), from: name, ...Object.fromEntries(texts) };
  }

  #tell(observation: MessageObservation): void {
    Object.freeze(observation);
    for (const listener of this.#listeners) listener(observation);
  }
}

/** Of frames that anybody may have written. */
interface GivenFacts {
  readonly from: unknown;
  readonly to?: unknown;
  readonly channel?: unknown;
  readonly topic?: unknown;
}

function addressed(kind: GatedMessage['kind'], name: unknown): Pick<GivenFacts, 'to' | 'channel'> {
  return kind === 'channel' ? { channel: name } : { to: name };
}

/** Names with an underscore are agent-relay's own parts: nobody waits there. */
function isInternal(to: unknown): boolean {
  return typeof to === 'string' && to.startsWith('_');
}
