/** What a plugin shows of itself in a list. */
import type { PluginName, PluginSummary, Rating } from '@ar-registry/schemas';
import type { Downloads } from './api.ts';

export interface Card {
  readonly plugin: PluginSummary;
  /** Absent where nobody has downloaded it. */
  readonly downloads?: Downloads | undefined;
  readonly rating?: Rating | undefined;
}

export type CardOf = (plugin: PluginSummary) => Card;

export function cardMaker(api: {
  downloads(): ReadonlyMap<PluginName, Downloads>;
  ratings(): ReadonlyMap<PluginName, Rating>;
}): CardOf {
  return (plugin) => {
    const [downloads, rating] = [api.downloads().get(plugin.name), api.ratings().get(plugin.name)];
    return { plugin, ...(downloads ? { downloads } : {}), ...(rating ? { rating } : {}) };
  };
}
