/** Whether a plugin that was unloaded holds anything still: in the daemon's process it would hold it for ever. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { sleep } from './own-clock.ts';

/** The title of the case. */
export const GIVES_BACK =
  'gives everything back when it is unloaded: timers, servers, watched files, threads, child processes';

/** Not connections: those of `fetch` are kept open for the next request, and belong to nobody. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'a timer'],
  ['TCPSERVERWRAP', 'a server'],
  ['PIPESERVERWRAP', 'a server'],
  ['UDPWRAP', 'a datagram socket'],
  ['FSEVENTWRAP', 'a watched file'],
  ['STATWATCHER', 'a watched file'],
  ['WORKER', 'a thread'],
  ['PROCESSWRAP', 'a child process'],
]);
/** What ends of itself in a moment, does. */
const PATIENCE_MS = 1_000;
const STEP_MS = 20;

/**
 * Runs a plugin's whole life, from before it is loaded until after it was unloaded, and checks that nothing that began in
 * it keeps the process alive; what others of the process do meanwhile does not count.
 */
export async function checkGivesBack(live: () => Promise<void>): Promise<void> {
  const scope = new AsyncLocalStorage<boolean>();
  const held = new Map<number, { readonly kind: string; readonly resource: object }>();
  const hook = createHook({
    // oxlint-disable-next-line max-params -- the signature is Node's
    init(id, type, _trigger, resource) {
      const kind = KINDS.get(type);
      if (kind !== undefined && scope.getStore() === true) held.set(id, { kind, resource });
    },
    destroy: (id) => void held.delete(id),
  });
  hook.enable();
  try {
    await scope.run(true, live);
    const kinds = (): string[] =>
      [...held.values()].filter(({ resource }) => keepsAlive(resource)).map(({ kind }) => kind);
    for (let waitedMs = 0; kinds().length > 0 && waitedMs < PATIENCE_MS; waitedMs += STEP_MS) await sleep(STEP_MS);
    const still = kinds();
    assert.equal(still.length, 0, `after onUnload it still holds ${[...new Set(still)].join(' and ')}`);
  } finally {
    hook.disable();
  }
}

function keepsAlive(resource: object): boolean {
  return 'hasRef' in resource && typeof resource.hasRef === 'function' ? resource.hasRef() === true : true;
}
