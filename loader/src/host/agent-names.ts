import { splitName } from '@ar-registry/core/name';
import type { PluginName } from '@ar-registry/schemas';

/**
 * Names under which plugins connect. The daemon closes the earlier of two connections with one name, and both would
 * reconnect for ever, so two plugins never share one.
 */
export interface AgentNames {
  /** `slack` for `@a/slack`; `b-slack` for `@b/slack` beside it. */
  reserve(plugin: PluginName): string;
  release(name: string): void;
}

export function createAgentNames(): AgentNames {
  const taken = new Set<string>();
  return {
    reserve(plugin) {
      const { scope, base } = splitName(plugin);
      const name = taken.has(base) ? `${scope}-${base}` : base;
      taken.add(name);
      return name;
    },
    release: (name) => {
      taken.delete(name);
    },
  };
}
