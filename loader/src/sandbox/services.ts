/**
 * What a plugin in a process of its own asks of the daemon's: its log, its metrics, its relay client, the daemon. Every
 * word of it is checked: it comes from code that may be hostile.
 */
import type { ClientState, RelayClient } from '@ar-registry/sdk';
import { ProtocolError } from '../bridge/frames.ts';
import type { Peer } from '../bridge/peer.ts';
import {
  CLIENT_CALLBACKS,
  CLIENT_METHODS,
  type ClientCallback,
  type DaemonState,
  type Denial,
  type ListenRequest,
} from '../bridge/protocol.ts';
import { describeThrown } from '../contain.ts';
import { createDelivery, type Delivery } from '../host/delivery.ts';
import type { Guest } from '../host/guest.ts';
import type { Host } from '../host/host.ts';
import type { Denials } from './denials.ts';
import type { Listeners } from './listeners.ts';
import type { LineBudget } from './output.ts';
import { list, number, oneOf, optionalText, record, text } from './read-arguments.ts';

export interface ServicePorts {
  readonly guest: Guest;
  readonly host: Host;
  readonly peer: () => Peer;
  readonly budget: LineBudget;
  readonly denials: Denials;
  /** The guest is about to end itself for an error that nothing caught. */
  readonly onException: (error: unknown) => void;
  /** The addresses of a name that the plugin may connect to. */
  readonly lookup: (host: string) => Promise<unknown>;
  readonly listeners: Pick<Listeners, 'listen' | 'stop'>;
}

export interface Services {
  /** Answers a call of the guest. */
  readonly onCall: (method: string, args: readonly unknown[]) => unknown;
  /** @throws ProtocolError */
  readonly onNote: (method: string, args: readonly unknown[]) => void;
  daemonState(): DaemonState;
  /** Tells the guest of the client and the daemon from now on. */
  start(): void;
  close(): Promise<void>;
}

interface Callback {
  readonly slot: ClientCallback;
  readonly args: readonly unknown[];
  readonly sizeBytes: number;
}

export function createServices(ports: ServicePorts): Services {
  const { guest, host, peer } = ports;
  const { daemon } = guest.context;
  const callbacks = deliverCallbacks(ports);
  const daemonState = (): DaemonState => ({
    agents: daemon.getAgents(),
    connectionCount: daemon.connectionCount,
    isRunning: daemon.isRunning,
  });
  const tellDaemon = coalesce(() => peer().note('daemon-state', [daemonState()]));
  const unsubscribe = host.events.subscribe(({ hook }) => {
    if (hook !== 'onMessage') tellDaemon.soon();
  });
  return {
    daemonState,
    async onCall(method, [value]) {
      try {
        if (method === 'connect') return await guest.context.client.connect();
        if (method === 'lookup') return await ports.lookup(text(value));
        if (method === 'open-port') return await ports.listeners.listen(listenRequest(value));
      } catch (error) {
        throw withoutStack(error);
      }
      throw withoutStack(new Error(`there is no call ${method}`));
    },
    onNote(method, args) {
      const handle = NOTES.get(method);
      if (!handle) throw new ProtocolError(`there is no note ${method}`);
      try {
        handle(args, { ...ports, callbacks });
      } catch (error) {
        tellFailure(method, error, ports);
      }
    },
    start() {
      guest.onClient((client) => {
        peer().note('client-state', [client.state]);
        client.onStateChange = (state: ClientState) => {
          peer().note('client-state', [state]);
          if (callbacks.listens.has('onStateChange')) callbacks.push('onStateChange', [state]);
        };
      });
    },
    async close() {
      unsubscribe();
      tellDaemon.cancel();
      await callbacks.close();
    },
  };
}

/** What agent-relay throws for the arguments is the plugin's to know; a breach of the protocol is not. */
function tellFailure(method: string, error: unknown, { guest, budget }: ServicePorts): void {
  if (error instanceof ProtocolError) throw error;
  if (budget.take()) guest.logger.error(`${method} failed`, { error: describeThrown(error) });
}

/** Where in the daemon something failed is none of a plugin's business. */
function withoutStack(thrown: unknown): Error {
  const { code } = thrown as NodeJS.ErrnoException;
  const error = Object.assign(new Error(describeThrown(thrown)), typeof code === 'string' && { code });
  return Object.defineProperty(error, 'stack', { value: undefined });
}

/** Runs a task once, a moment after it was last wanted. */
function coalesce(task: () => void): { readonly soon: () => void; readonly cancel: () => void } {
  let timer: NodeJS.Immediate | undefined;
  return {
    soon: () => {
      timer ??= setImmediate(() => {
        timer = undefined;
        task();
      });
    },
    cancel: () => clearImmediate(timer),
  };
}

interface Callbacks {
  readonly listens: Set<ClientCallback>;
  push(slot: ClientCallback, args: readonly unknown[]): void;
  close(): Promise<void>;
}

/** What the client calls goes to the guest one after the other; what it has no time for is dropped, not piled up. */
function deliverCallbacks({ guest, host, budget, peer }: ServicePorts): Callbacks {
  const { maxQueuedEvents, maxQueuedBytes, unloadTimeoutMs, eventTimeoutMs } = host.limits;
  const delivery: Delivery<Callback> = createDelivery<Callback>({
    maxEvents: maxQueuedEvents,
    maxBytes: maxQueuedBytes,
    now: host.elapsedMs,
    async deliver({ slot, args }) {
      const outcome = await guest.call(() => peer().call('callback', [slot, ...args]), { timeoutMs: eventTimeoutMs });
      if (outcome.kind === 'returned' || outcome.kind === 'aborted') return;
      const error = outcome.kind === 'threw' ? describeThrown(outcome.error) : `no answer within ${eventTimeoutMs} ms`;
      if (budget.take()) guest.logger.error(`${slot} of the relay client failed`, { error });
      guest.metrics.counter('ar_plugin_client_errors_total', 1, { callback: slot });
    },
    onDropped: ({ slot }, inARow) => {
      guest.metrics.counter('ar_plugin_events_dropped_total', 1, { hook: slot });
      if (inARow === 1) guest.logger.warn('messages are dropped: the plugin is too slow', { callback: slot });
    },
  });
  return {
    listens: new Set(),
    push: (slot, args) => delivery.push({ slot, args, sizeBytes: 200 + sizeOf(args) }),
    close: () => delivery.close(unloadTimeoutMs),
  };
}

/** Of the texts in it, roughly: a body counts, the rest is small. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, item) => sum + sizeOf(item), 0);
}

interface NotePorts extends ServicePorts {
  readonly callbacks: Callbacks;
}

type NoteHandler = (args: readonly unknown[], ports: NotePorts) => void;

const NOTES: ReadonlyMap<string, NoteHandler> = new Map<string, NoteHandler>([
  ['log', ([level, message, extra], { guest, budget }) => log(guest, budget, [level, message, extra])],
  ['metric', (args, { guest }) => metric(guest, args)],
  ['client', ([method, args], { guest }) => callClient(guest.context.client, method, list(args))],
  ['listen', ([slot, on], ports) => listen(oneOf(CLIENT_CALLBACKS, slot), on === true, ports)],
  [
    'broadcast',
    ([message, data], { guest }) => guest.context.daemon.broadcastSystemMessage(text(message), record(data)),
  ],
  ['fault', ([kind, error], ports) => fault(ports, kind, error)],
  ['denied', ([denial], { denials }) => denied(denial, denials)],
  ['close-port', ([listener], { listeners }) => listeners.stop(number(listener))],
]);

function log(guest: Guest, budget: LineBudget, [level, message, extra]: readonly unknown[]): void {
  const at = oneOf(['debug', 'info', 'warn', 'error'] as const, level);
  if (budget.take()) guest.logger[at](text(message), record(extra));
}

/** Each is cleaned and sorted, of every value that is recorded. */
const MAX_LABELS = 32;

function metric({ context }: Guest, [kind, name, value, labels]: readonly unknown[]): void {
  const instrument = oneOf(['counter', 'gauge', 'histogram'] as const, kind);
  const entries = Object.entries(record(labels) ?? {});
  const isValid = typeof value === 'number' && entries.length <= MAX_LABELS;
  const texts = isValid ? entries.map(([key, label]) => [key, String(label)]) : [];
  // What is not a number is counted as rejected.
  context.metrics[instrument](text(name), isValid ? value : Number.NaN, Object.fromEntries(texts));
}

/** @throws ProtocolError if an argument has a type that the client's types do not allow */
function callClient(client: RelayClient, name: unknown, args: readonly unknown[]): void {
  const [first, second] = args;
  const method = oneOf(CLIENT_METHODS, name);
  switch (method) {
    case 'sendMessage':
      client.sendMessage(
        text(first),
        text(second),
        kindOf(args[2]),
        record(args[3]),
        optionalText(args[4]),
        record(args[5]),
      );
      return;
    case 'broadcast':
      client.broadcast(text(first), kindOf(second), record(args[2]));
      return;
    case 'sendChannelMessage':
      client.sendChannelMessage(text(first), text(second), record(args[2]));
      return;
    case 'joinChannel':
    case 'leaveChannel':
      client[method](text(first), optionalText(second));
      return;
    case 'destroy':
      client.destroy();
  }
}

const KINDS = ['message', 'action', 'state', 'thinking'] as const;

function kindOf(value: unknown): (typeof KINDS)[number] | undefined {
  return value === undefined ? undefined : oneOf(KINDS, value);
}

function listen(slot: ClientCallback, on: boolean, { guest, callbacks }: NotePorts): void {
  if (on) callbacks.listens.add(slot);
  else callbacks.listens.delete(slot);
  // The state is always listened to, for the guest's own record of it.
  if (slot === 'onStateChange') return;
  const { client } = guest.context as { client: Partial<Record<ClientCallback, unknown>> };
  client[slot] = on ? (...args: readonly unknown[]) => callbacks.push(slot, args) : undefined;
}

function fault({ guest, budget, denials, onException }: NotePorts, kind: unknown, error: unknown): void {
  if (kind === 'exception') onException(error);
  guest.metrics.counter('ar_plugin_uncaught_total');
  denials.tellOf(error);
  if (budget.take())
    guest.logger.error('failed where nothing caught it', { kind: text(kind), error: describeThrown(error) });
}

function denied(value: unknown, denials: Denials): void {
  const { permission, resource } = (record(value) ?? {}) as Partial<Denial>;
  denials.tell({ permission: text(permission), resource: text(resource) });
}

function listenRequest(value: unknown): ListenRequest {
  const { listener, host, port, backlog, ipv6Only } = record(value) ?? {};
  return {
    listener: number(listener),
    host: optionalText(host),
    port: number(port),
    backlog: backlog === undefined ? undefined : number(backlog),
    ipv6Only: ipv6Only === true,
  };
}
