/**
 * What holds a process open that the calls of a contract began: in the daemon's process a plugin would hold it for ever,
 * and in the process of its author's tests these would never end.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { callerOutside } from './caller.ts';
import { sleep } from './own-clock.ts';

/** The title of the case. */
export const GIVES_BACK =
  'gives everything back in the end: timers, connections, servers, watched files, threads, child processes';

/** Kinds of Node's resources. A connection that waits for the next request, as that of `fetch`, holds nothing. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'a timer'],
  ['TCPWRAP', 'a connection'],
  ['PIPEWRAP', 'a pipe or local socket'],
  ['TCPSERVERWRAP', 'a server'],
  ['PIPESERVERWRAP', 'a server'],
  ['UDPWRAP', 'a datagram socket'],
  ['TTYWRAP', 'the terminal'],
  ['FSEVENTWRAP', 'a watched file'],
  ['STATWATCHER', 'a watched file'],
  ['MESSAGEPORT', 'a message port'],
  ['WORKER', 'a thread'],
  ['PROCESSWRAP', 'a child process'],
]);
/** What ends of itself in a moment, does. */
const PATIENCE_MS = 1_000;
const STEP_MS = 20;

export interface HandleWatch {
  /** What begins in `run`, also in what it leaves behind, counts; what others of the process do meanwhile does not. */
  readonly watch: <T>(run: () => Promise<T>) => Promise<T>;
  /** @throws AssertionError that names what is still held, and where it began */
  readonly check: () => Promise<void>;
  /** Lets the process end in spite of what is held, and watches no more. */
  readonly release: () => void;
}

interface Held {
  readonly kind: string;
  readonly resource: object;
  /** Where it began. */
  readonly place: string | undefined;
}

/** @param after what should have given everything back, for the message */
export function createHandleWatch(after: string): HandleWatch {
  const scope = new AsyncLocalStorage<boolean>();
  const begun = new Map<number, Held>();
  const hook = createHook({
    // oxlint-disable-next-line max-params -- the signature is Node's
    init(id, type, _trigger, resource) {
      const kind = KINDS.get(type);
      if (kind !== undefined && scope.getStore() === true) begun.set(id, { kind, resource, place: callerOutside() });
    },
    destroy: (id) => void begun.delete(id),
  });
  const held = (): readonly Held[] => [...begun.values()].filter(({ resource }) => keepsAlive(resource));
  return {
    watch(run) {
      hook.enable();
      return scope.run(true, run);
    },
    async check() {
      for (let waitedMs = 0; held().length > 0 && waitedMs < PATIENCE_MS; waitedMs += STEP_MS) await sleep(STEP_MS);
      const still = [...new Set(held().map(describe))];
      assert.equal(still.length, 0, `after ${after} it still holds ${still.join(' and ')}`);
    },
    release() {
      for (const { resource } of held())
        if ('unref' in resource && typeof resource.unref === 'function') resource.unref();
      begun.clear();
      hook.disable();
    },
  };
}

function keepsAlive(resource: object): boolean {
  return 'hasRef' in resource && typeof resource.hasRef === 'function' ? resource.hasRef() === true : true;
}

function describe({ kind, place }: Held): string {
  return place === undefined ? kind : `${kind} (from ${place})`;
}
