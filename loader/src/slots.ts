/** What the loader knows of each entry, by the plugin's name or, as long as that is not known, by the entry's text. */
import { resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { PluginRequest } from './config/entry.ts';
import { readEntry, type ReadEntry } from './config/read-entry.ts';
import type { Host } from './host/host.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import type { RunningPlugin } from './start.ts';

/** What the loader knows of one entry; `running` while the plugin is active. */
export interface Slot {
  /** Absent for an entry that could not be read: there is nothing to try again. */
  readonly request: PluginRequest | undefined;
  readonly loaded: LoadedPlugin;
  readonly running?: RunningPlugin;
}

export type Slots = Map<string, Slot>;

/** A plugin that runs is never replaced: only stopping it takes it away. */
export function remember(slots: Slots, slot: Slot): void {
  const { name } = slot.loaded;
  const label = slot.request?.label;
  const earlier = label === undefined || label === name ? undefined : slots.get(label);
  // A folder that failed before its name was known was remembered by the entry's text.
  if (label !== undefined && earlier?.request && !earlier.running) slots.delete(label);
  if (!slots.get(name)?.running) slots.set(name, slot);
}

/** Plugins are told of, and stopped, in the order of the configuration, also those that `change` takes out and puts in. */
export async function inOrder<T>(slots: Slots, change: () => Promise<T>): Promise<T> {
  const order = [...slots.keys()];
  const placeOf = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const result = await change();
  const entries = [...slots].toSorted(([a], [b]) => placeOf(a) - placeOf(b));
  slots.clear();
  for (const [name, slot] of entries) slots.set(name, slot);
  return result;
}

/** By the plugin's name, or by the entry's text while the name is not known. */
export function findSlot(slots: Slots, name: string): Slot {
  const slot = slots.get(name) ?? [...slots.values()].find(({ request }) => request?.label === name);
  if (!slot) throw new ArError('PLUGIN_NOT_LOADED', { plugin: name });
  return slot;
}

/** The entry to load for a name: as it was configured before, if it was. */
export function entryFor(
  { slots, unloaded }: { readonly slots: Slots; readonly unloaded: ReadonlyMap<string, PluginRequest> },
  name: string,
  version: string | undefined,
): ReadEntry {
  const read = readEntry(version === undefined ? name : { name, version });
  const known = slots.get(name)?.request ?? unloaded.get(name);
  if (read.kind === 'unreadable' || !known) return read;
  const { range } = read.request;
  return { kind: 'request', request: { ...known, ...(range === undefined ? {} : { range }) } };
}

/** What to try again for a slot; an entry that could not be read stays what it is. */
export function asEntry({ request, loaded }: Slot): ReadEntry {
  return request ? { kind: 'request', request } : readEntry(loaded.name);
}

/** Where a folder of the user's own is; nothing for another entry. */
export function folderOf(
  { request, loaded: { name } }: Slot,
  { projectDir }: Pick<Host, 'projectDir'>,
): { name: string; dir: string }[] {
  return request?.kind === 'folder' ? [{ name, dir: resolve(projectDir, request.path) }] : [];
}
