/**
 * Methods of the daemon's router with ours around them.
 *
 * Several parts of the loader put a layer around the same method, and take it away again in any order, as plugins come
 * and go. Each method is replaced once, on the instance; the layers are a list behind it, so that none is ever left over.
 */
import type { RelayRouter } from '../relay/types.ts';

export type RouterMethod = (...args: unknown[]) => unknown;

export interface RouterLayers {
  /**
   * Puts a layer around a method, outside of those that are there. Nothing where the router has no such method.
   *
   * @param make gets what is below; the layer decides whether to call it, with the router, or a view of it, as `this`
   * @returns takes the layer away
   */
  wrap(name: string, make: (below: RouterMethod) => (...args: never[]) => unknown): () => void;
}

type Make = Parameters<RouterLayers['wrap']>[1];

interface Wrapped {
  readonly layers: Make[];
  /** Builds the chain anew from the layers; puts the original back where there are none. */
  rebuild(): void;
}

export function createRouterLayers(router: RelayRouter): RouterLayers {
  const wrapped = new Map<string, Wrapped>();
  return {
    wrap(name, make) {
      const known = wrapped.get(name) ?? wrapMethod(router, name);
      if (!known) return () => undefined; // older 1.x have no channels
      wrapped.set(name, known);
      known.layers.push(make);
      known.rebuild();
      return () => {
        const index = known.layers.indexOf(make);
        if (index === -1) return;
        known.layers.splice(index, 1);
        known.rebuild();
        if (known.layers.length === 0) wrapped.delete(name);
      };
    },
  };
}

function wrapMethod(router: RelayRouter, name: string): Wrapped | undefined {
  const target = router as unknown as Record<string, RouterMethod | undefined>;
  const own = Object.getOwnPropertyDescriptor(router, name);
  const original = target[name];
  if (original === undefined) return undefined;
  const layers: Make[] = [];
  let chain = original;
  const wrapper: RouterMethod = (...args) => chain.apply(router, args);
  target[name] = wrapper;
  return {
    layers,
    rebuild() {
      chain = layers.reduce<RouterMethod>((below, make) => make(below) as RouterMethod, original);
      // Somebody may have wrapped the wrapper: then it stays below theirs and only passes through.
      if (layers.length > 0 || target[name] !== wrapper) return;
      if (own) Object.defineProperty(router, name, own);
      else delete target[name];
    },
  };
}
