/**
 * Who has a say in what is delivered, in the order of ar.config.
 *
 * A plugin that decides has its place from before its code runs until the user takes it away: what it would have denied
 * must not slip through while it loads, reloads or has failed. What happens then is `onFailure`, a choice of the user.
 */
import type { PolicyDecision } from '@ar-registry/sdk';
import type { PluginName } from '@ar-registry/schemas';
import { PASS, type GatedMessage, type Verdict } from './message.ts';

/** While a plugin that decides cannot: `deny` holds messages while it loads and drops them once it failed. */
export type OnFailure = 'allow' | 'deny';

/** What an engine is asked, besides messages. */
export type Question =
  | { readonly action: 'message'; readonly agent: string; readonly recipient: string }
  | { readonly action: 'spawn'; readonly agent: string; readonly target: string; readonly cli: string }
  | { readonly action: 'tool'; readonly agent: string; readonly tool: string };

/** The say of one active plugin. Neither method rejects; undefined means that the plugin failed to decide. */
export interface Guard {
  check(message: GatedMessage): Promise<Verdict | undefined>;
  /** Absent for a plugin that has a say in messages alone. */
  decide?(question: Question): Promise<PolicyDecision | undefined>;
}

export interface Place {
  readonly plugin: PluginName;
  readonly onFailure: OnFailure;
  /** `gone`: the user took it away; it has no say. */
  readonly state: 'loading' | 'active' | 'failed' | 'gone';
  /** Set while the plugin is active. */
  readonly guard: Guard | undefined;
  /** Settles with the next change. */
  readonly changed: Promise<void>;
}

export interface Places {
  /** In declared order. */
  list(): readonly Place[];
  /** Takes a place, last in line; one that is taken stays where it is, and begins to load unless it is active. */
  expect(plugin: PluginName, onFailure: OnFailure): void;
  /** @returns puts the place back to `loading` */
  activate(plugin: PluginName, guard: Guard): () => void;
  fail(plugin: PluginName): void;
  forget(plugin: PluginName): void;
}

interface Entry {
  onFailure: OnFailure;
  state: Place['state'];
  guard: Guard | undefined;
  changing: PromiseWithResolvers<void>;
}

export function createPlaces(): Places {
  const entries = new Map<PluginName, Entry>();

  const change = (plugin: PluginName, state: Place['state'], guard?: Guard): void => {
    const entry = entries.get(plugin);
    if (!entry) return;
    const { changing } = entry;
    Object.assign(entry, { state, guard, changing: Promise.withResolvers<void>() });
    changing.resolve();
  };

  return {
    list: () => [...entries].map(([plugin, entry]) => toPlace(plugin, entry)),
    expect(plugin, onFailure) {
      const entry = entries.get(plugin);
      if (!entry)
        entries.set(plugin, { onFailure, state: 'loading', guard: undefined, changing: Promise.withResolvers() });
      else if (entry.state !== 'active') {
        entry.onFailure = onFailure;
        change(plugin, 'loading');
      }
    },
    activate(plugin, guard) {
      change(plugin, 'active', guard);
      return () => {
        if (entries.get(plugin)?.guard === guard) change(plugin, 'loading');
      };
    },
    fail: (plugin) => change(plugin, 'failed'),
    forget(plugin) {
      change(plugin, 'gone');
      entries.delete(plugin);
    },
  };
}

/** A view of the entry: whoever waits sees what it has become. */
function toPlace(plugin: PluginName, entry: Entry): Place {
  return {
    plugin,
    get onFailure() {
      return entry.onFailure;
    },
    get state() {
      return entry.state;
    },
    get guard() {
      return entry.guard;
    },
    get changed() {
      return entry.changing.promise;
    },
  };
}

/** What a place says of a message; waits while it loads. Never rejects. */
export async function verdictOf(place: Place, message: GatedMessage): Promise<Verdict> {
  while (place.state === 'loading' && place.onFailure === 'deny') await place.changed;
  if (place.state === 'gone') return PASS;
  const verdict = await place.guard?.check(message);
  if (verdict) return verdict;
  if (place.onFailure === 'allow') return PASS;
  return { kind: 'drop', denial: { reason: `${place.plugin} cannot decide at present`, from: [message.addressee] } };
}
