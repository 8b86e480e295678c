/**
 * Where messages wait for those who have a say in them.
 *
 * Routing in agent-relay is synchronous and a decision is not, so each connection has a line of its own: its messages are
 * decided one after the other, in the order in which they came, and nobody waits for another connection's. With nobody
 * to ask, a message passes in the very call in which it came, as if there were no gate.
 */
import type { PluginName } from '@ar-registry/schemas';
import type { RouterLayers } from '../../host/router-layers.ts';
import type { RelayConnection, RelayEnvelope, RelayRouter } from '../../relay/types.ts';
import { toGated, type Denial, type GatedMessage, type RouteMethod } from './message.ts';
import type { Notices } from './notice.ts';
import { verdictOf, type Places } from './places.ts';
import { channelOf, narrowed, receiversOf } from './receivers.ts';

export interface GatePorts {
  readonly layers: RouterLayers;
  readonly places: Places;
  readonly notices: Notices;
  /** Messages of one connection that may wait, and their size. */
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A message was kept from some or all; `plugin` is absent if no plugin decided so. */
  readonly onDenied: (message: GatedMessage, denial: Denial, plugin: PluginName | undefined) => void;
  /** A message could not be handled; its sender is disconnected, as agent-relay itself would do. */
  readonly onFault: (error: unknown) => void;
}

export interface Gate {
  /** Until it is opened, messages wait: nobody knows yet who has a say. */
  open(): void;
  /** Puts the router back as it was; what waits is decided all the same. */
  remove(): void;
}

/** Puts a gate into a router. It is closed. */
export function createGate(router: RelayRouter, ports: GatePorts): Gate {
  const gate = new RouterGate(router, ports);
  return { open: () => gate.open(), remove: () => gate.remove() };
}

type Original = (...args: unknown[]) => unknown;

/** What waits of one connection. */
interface Line {
  tail: Promise<void>;
  count: number;
  bytes: number;
  /** Its channels when it ended while messages waited. */
  departedFrom: readonly string[];
}

const TOO_MANY: Denial = { reason: 'too many of your messages wait for a decision', from: [] };
const CANNOT_SPLIT: Denial = { reason: 'this agent-relay can only deliver it to all or none', from: [] };

class RouterGate {
  readonly #router: RelayRouter;
  readonly #ports: GatePorts;
  readonly #lines = new WeakMap<RelayConnection, Line>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #restore: readonly (() => void)[];
  #isOpen = false;

  constructor(router: RelayRouter, ports: GatePorts) {
    this.#router = router;
    this.#ports = ports;
    this.#restore = [
      this.#gateMessages('route'),
      this.#gateMessages('routeChannelMessage'),
      this.#gateMembership('handleChannelJoin'),
      this.#gateMembership('handleChannelLeave'),
      this.#watchEnds(),
    ];
  }

  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  remove(): void {
    this.open();
    for (const undo of this.#restore) undo();
  }

  #gateMessages(name: RouteMethod): () => void {
    return this.#ports.layers.wrap(name, (original) => (connection: RelayConnection, envelope: RelayEnvelope) => {
      const line = this.#lineOf(connection);
      if (this.#isFree(line)) return original.call(this.#router, connection, envelope);
      const { message, sizeBytes } = toGated({ name, connection, envelope, nowMs: this.#ports.now() });
      const { maxQueuedEvents, maxQueuedBytes } = this.#ports;
      if (line.count >= maxQueuedEvents || line.bytes + sizeBytes > maxQueuedBytes) this.#deny(message, TOO_MANY);
      else this.#enqueue(line, sizeBytes, () => this.#decideAndDeliver(message, original, line));
      return undefined;
    });
  }

  /** Joining and leaving keep their place among a connection's messages. */
  #gateMembership(name: 'handleChannelJoin' | 'handleChannelLeave'): () => void {
    return this.#ports.layers.wrap(name, (original) => (connection: RelayConnection, envelope: unknown) => {
      const line = this.#lineOf(connection);
      if (line.count === 0) return original.call(this.#router, connection, envelope);
      this.#enqueue(line, 0, () => void original.call(this.#router, connection, envelope));
      return undefined;
    });
  }

  /** Who says something and leaves has said it: of channels, the router asks for a member. */
  #watchEnds(): () => void {
    return this.#ports.layers.wrap('unregister', (original) => (connection: RelayConnection) => {
      const line = this.#lineOf(connection);
      const { agentName } = connection;
      if (line.count > 0 && agentName !== undefined && line.departedFrom.length === 0)
        line.departedFrom = this.#router.getChannelsForMember?.(agentName) ?? [];
      return original.call(this.#router, connection);
    });
  }

  #lineOf(connection: RelayConnection): Line {
    const known = this.#lines.get(connection);
    if (known) return known;
    const line: Line = { tail: Promise.resolve(), count: 0, bytes: 0, departedFrom: [] };
    this.#lines.set(connection, line);
    return line;
  }

  #isFree({ count }: Line): boolean {
    return this.#isOpen && count === 0 && this.#ports.places.list().length === 0;
  }

  #enqueue(line: Line, bytes: number, task: () => Promise<void> | void): void {
    line.count += 1;
    line.bytes += bytes;
    line.tail = line.tail
      .then(() => this.#opened.promise)
      .then(task)
      .catch(this.#ports.onFault)
      .finally(() => {
        line.count -= 1;
        line.bytes -= bytes;
      });
  }

  async #decideAndDeliver(first: GatedMessage, original: Original, line: Line): Promise<void> {
    try {
      const message = await this.#decide(first);
      if (message) this.#deliver(message, original, line);
    } catch (error) {
      this.#ports.onFault(error);
      // What agent-relay does about an error while it routes.
      first.connection.close?.();
    }
  }

  async #decide(first: GatedMessage): Promise<GatedMessage | undefined> {
    // Who is connected counts at the moment of the decision, not when the message came.
    let message: GatedMessage = { ...first, receivers: receiversOf(this.#router, first) };
    for (const place of this.#ports.places.list()) {
      const verdict = await verdictOf(place, message);
      if (verdict.kind === 'drop') {
        this.#deny(message, verdict.denial, place.plugin);
        return undefined;
      }
      if (verdict.kind === 'pass') continue;
      if (verdict.denied) this.#deny(message, verdict.denied, place.plugin);
      ({ message } = verdict);
    }
    return message;
  }

  #deliver(message: GatedMessage, original: Original, line: Line): void {
    const { connection, envelope, kind, sender } = message;
    const allowed = new Set(message.receivers);
    // Somebody may have connected meanwhile about whom nobody was asked.
    const isNarrowed = receiversOf(this.#router, message).some((name) => !allowed.has(name));
    const channel = channelOf(envelope);
    const isDeparted = kind === 'channel' && line.departedFrom.includes(channel);
    const member = isDeparted ? { name: sender, channel } : undefined;
    const target = isNarrowed || isDeparted ? narrowed(this.#router, allowed, member) : this.#router;
    if (target) original.call(target, connection, envelope);
    else this.#deny(message, CANNOT_SPLIT);
  }

  #deny(message: GatedMessage, denial: Denial, plugin?: PluginName): void {
    this.#ports.onDenied(message, denial, plugin);
    this.#ports.notices.tell(message, denial);
  }
}
