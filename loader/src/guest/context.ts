import type { ClientState, Daemon, Logger, MetricsCollector, PluginContext } from '@ar-registry/sdk';
import type { Peer } from '../bridge/peer.ts';
import type { ClientCallback, DaemonState, StartMessage } from '../bridge/protocol.ts';
import { createGuestClient } from './client.ts';

export interface GuestContext {
  readonly context: PluginContext;
  callBack(slot: ClientCallback, args: readonly unknown[]): unknown;
  setClientState(state: ClientState): void;
  setDaemonState(state: DaemonState): void;
  abort(): void;
}

/** What `onLoad` is given, made of notes and calls to the daemon's process. */
export function createGuestContext(start: StartMessage, peer: Peer): GuestContext {
  const controller = new AbortController();
  const { client, callBack, setState } = createGuestClient(start.agentName, peer);
  let daemonState = start.daemon;
  const { config, dataDir } = start;
  return {
    context: {
      client,
      daemon: createDaemon(() => daemonState, peer),
      config: { ...config },
      logger: createLogger(peer),
      metrics: createMetrics(peer),
      dataDir,
      signal: controller.signal,
    },
    callBack,
    setClientState: setState,
    setDaemonState: (state) => {
      daemonState = state;
    },
    abort: () => controller.abort(),
  };
}

function createDaemon(state: () => DaemonState, peer: Peer): Daemon {
  return {
    getAgents: () => [...state().agents],
    broadcastSystemMessage: (message, data) => peer.note('broadcast', [message, data]),
    get connectionCount() {
      return state().connectionCount;
    },
    get isRunning() {
      return state().isRunning;
    },
  };
}

/** What cannot be sent is told as such: a logger never throws. */
function createLogger(peer: Peer): Logger {
  const at =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, extra) => {
      try {
        peer.note('log', [level, message, extra]);
      } catch {
        peer.note('log', [level, 'a line that cannot be logged', undefined]);
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function createMetrics(peer: Peer): MetricsCollector {
  return {
    counter: (name, by = 1, labels = {}) => peer.note('metric', ['counter', name, by, labels]),
    gauge: (name, value, labels = {}) => peer.note('metric', ['gauge', name, value, labels]),
    histogram: (name, value, labels = {}) => peer.note('metric', ['histogram', name, value, labels]),
  };
}
