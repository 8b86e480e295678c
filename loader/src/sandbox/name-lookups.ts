/**
 * Looking up names for all plugins of a daemon. The system's resolver blocks one of a few threads for each name, and a
 * plugin may own a name server that answers slowly: each plugin has one lookup at a time, the next turn is another
 * plugin's, and what a plugin has waiting is bounded.
 */
import type { Resolved } from '../bridge/protocol.ts';

/** Asks for the addresses of one name. */
export type ResolveHost = (host: string) => Promise<readonly Resolved[]>;

export interface NameLookups {
  /**
   * Waits for the plugin's turn, and asks.
   *
   * @param signal gives up; what is being asked already goes on, and counts, until it is answered
   * @throws Error with the code EAI_AGAIN if too many of the plugin's wait, and what the resolver throws
   */
  resolve(plugin: string, host: string, signal: AbortSignal): Promise<readonly Resolved[]>;
}

/** As many threads as Node gives to names. */
const MAX_RUNNING = 2;
const MAX_RUNNING_EACH = 1;
const MAX_WAITING_EACH = 256;

interface Lookup {
  /** Settles when the resolver has answered, whoever still waits for it. */
  readonly run: () => Promise<void>;
}

interface Queue {
  running: number;
  readonly waiting: Set<Lookup>;
}

export function createNameLookups(resolve: ResolveHost): NameLookups {
  /** In the order of whose turn is next. */
  const queues = new Map<string, Queue>();
  let running = 0;

  const begin = async (plugin: string, queue: Queue, lookup: Lookup): Promise<void> => {
    queue.waiting.delete(lookup);
    queue.running += 1;
    running += 1;
    await lookup.run();
    queue.running -= 1;
    running -= 1;
    queues.delete(plugin);
    if (queue.running > 0 || queue.waiting.size > 0) queues.set(plugin, queue);
    next();
  };
  const next = (): void => {
    for (const [plugin, queue] of queues) {
      if (running >= MAX_RUNNING) return;
      const [lookup] = queue.waiting;
      if (lookup && queue.running < MAX_RUNNING_EACH) void begin(plugin, queue, lookup);
    }
  };

  return {
    async resolve(plugin, host, signal) {
      signal.throwIfAborted();
      const queue = queues.get(plugin) ?? { running: 0, waiting: new Set() };
      if (queue.waiting.size >= MAX_WAITING_EACH) throw tooMany(host);
      queues.set(plugin, queue);
      const { promise, resolve: settle, reject } = Promise.withResolvers<readonly Resolved[]>();
      const lookup: Lookup = { run: () => resolve(host).then(settle, reject) };
      const giveUp = (): void => {
        queue.waiting.delete(lookup);
        if (queue.running === 0 && queue.waiting.size === 0) queues.delete(plugin);
        reject(signal.reason);
      };
      queue.waiting.add(lookup);
      signal.addEventListener('abort', giveUp, { once: true });
      next();
      return promise.finally(() => signal.removeEventListener('abort', giveUp));
    },
  };
}

function tooMany(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`too many names wait before ${host}`), { code: 'EAI_AGAIN' });
}
