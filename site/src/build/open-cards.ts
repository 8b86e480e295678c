/** Open Graph cards with the fonts that lie here. One that cannot be drawn stops nothing: stderr says so. */
import { readFileSync } from 'node:fs';
import type { PluginSummary } from '@ar-registry/schemas';
import { createCards } from '../machine/card/card.ts';

export type CardFacts = Pick<PluginSummary, 'name' | 'type' | 'trust' | 'version' | 'description'>;

const SAYS =
  'Plugins for Agent Relay: bridges, storage, memory, policies, hooks and widgets. Signed, checked, and installed with one command.';
/** A picture of one pixel where the rasteriser does not run on this machine: the pages name a file that is there. */
const EMPTY = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

/** @param title of the registry */
export function openCards(title: string): {
  ofPlugin(plugin: CardFacts): Uint8Array;
  ofRegistry(): Uint8Array;
} {
  const cards = attempt(() => createCards({ wide: font('wide'), text: font('text'), mono: font('mono') }, title));
  return {
    ofPlugin: (plugin) => attempt(() => cards?.ofPlugin(plugin)) ?? EMPTY,
    ofRegistry: () => attempt(() => cards?.ofRegistry(SAYS)) ?? EMPTY,
  };
}

function font(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../machine/card/fonts/${name}.ttf`, import.meta.url)));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    process.stderr.write(`No Open Graph card could be drawn: ${String(error)}\n`);
    return undefined;
  }
}
