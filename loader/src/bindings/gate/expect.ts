import { isPluginName } from '@ar-registry/core/name';
import type { LoadedPlugin } from '../../loaded-plugin.ts';
import type { ReadEntry } from '../../config/read-entry.ts';
import type { Preparation } from '../../request-plugin.ts';
import type { OnFailure, Places } from './places.ts';

/**
 * Takes a place for a plugin that will decide about messages, before any of its code runs. A policy that cannot even be
 * prepared has failed: its absence must not open the gate that it was meant to keep.
 */
export function expectGuard(preparation: Preparation, entry: ReadEntry | undefined, places: Places): void {
  const wish = entry?.kind === 'request' ? entry.request.onFailure : undefined;
  if (preparation.kind === 'idle') return expectIdle(preparation.loaded, wish, places);
  const { name, manifest } = preparation.prepared;
  if (manifest.type === 'policy') places.expect(name, wish ?? 'deny');
  if (manifest.type === 'hook' && manifest.hooks.beforeMessage === true) places.expect(name, wish ?? 'allow');
  return undefined;
}

function expectIdle({ name, type, status }: LoadedPlugin, wish: OnFailure | undefined, places: Places): void {
  if (!isPluginName(name)) return;
  if (status === 'disabled') places.forget(name);
  if (status !== 'error' || type !== 'policy') return;
  places.expect(name, wish ?? 'deny');
  places.fail(name);
}
