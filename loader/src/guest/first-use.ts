/**
 * Patches of Node's own modules that wait until the plugin first gets at the module. Most plugins need neither TLS nor
 * name servers nor programs, and to load those takes a third of the time in which a plugin's process starts, and 8 MB.
 *
 * What asks for a module on the way here is what keeps `inspector` and its like from the plugin, so nothing is got past it
 * that is not got past that. All connections, whoever makes them, go through `net`, whose patch does not wait.
 */
import diagnostics from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';

export interface FirstUse {
  /** @param names of modules, without `node:`: the patch comes before the first of them is handed out */
  onModules(names: readonly string[], patch: () => void): void;
  /** The same for what `fetch` and `WebSocket` use of a module, which tell nobody that they load it. */
  onFetch(patch: () => void): void;
  /** Is called with the name of every builtin module, without `node:`, before the plugin gets it. */
  before(name: string): void;
  /** Does all that waits, for where nobody can tell what is loaded. */
  now(): void;
}

export function createFirstUse(): FirstUse {
  const waiting = new Map<string, Set<() => void>>();
  return {
    onModules(names, patch) {
      const once = onlyOnce(patch);
      for (const name of names) waiting.set(name, (waiting.get(name) ?? new Set()).add(once));
    },
    onFetch(patch) {
      diagnostics.subscribe('undici:client:beforeConnect', patch);
    },
    before(name) {
      const patches = waiting.get(name);
      waiting.delete(name);
      if (patches) carryOut(patches);
    },
    now() {
      const all = new Set([...waiting.values()].flatMap((patches) => [...patches]));
      waiting.clear();
      carryOut(all);
    },
  };
}

function carryOut(patches: Iterable<() => void>): void {
  for (const patch of patches) patch();
  syncBuiltinESMExports();
}

/** `patch`, which does nothing when it is called again. */
export function onlyOnce(patch: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    // While it loads what it patches, it may be asked for again.
    done = true;
    patch();
  };
}
