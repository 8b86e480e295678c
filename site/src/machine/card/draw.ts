/** The cards of this build. A card that cannot be drawn is that of the registry, and stops nothing. */
import type { PluginSummary } from '@ar-registry/schemas';
import { site } from '../../data/site.ts';
import { createCards, type Cards } from './card.ts';
import mono from './fonts/mono.ttf?inline';
import text from './fonts/text.ttf?inline';
import wide from './fonts/wide.ttf?inline';

const SAYS =
  'Plugins for Agent Relay: bridges, storage, memory, policies, hooks and widgets. Signed, checked, and installed with one command.';

let cards: Cards | undefined;

function open(): Cards {
  cards ??= createCards({ wide: bytesOf(wide), text: bytesOf(text), mono: bytesOf(mono) }, site.config().title);
  return cards;
}

export function cardOfRegistry(): Response {
  return answer(() => open().ofRegistry(SAYS));
}

export function cardOf(plugin: Parameters<Cards['ofPlugin']>[0] & Pick<PluginSummary, 'name'>): Response {
  return answer(() => open().ofPlugin(plugin));
}

/** A picture of one pixel where the rasteriser does not run on this machine. */
const EMPTY = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

function answer(draw: () => Uint8Array<ArrayBuffer>): Response {
  const headers = { 'content-type': 'image/png' };
  try {
    return new Response(draw(), { headers });
  } catch (error) {
    console.warn(`No Open Graph card could be drawn: ${String(error)}`);
    return new Response(new Uint8Array(EMPTY), { headers });
  }
}

/** Of a `data:` address. */
function bytesOf(address: string): Uint8Array {
  return new Uint8Array(Buffer.from(address.slice(address.indexOf(',') + 1), 'base64'));
}
