/**
 * What programs tell a registry, if their user said that they may: seven events, each a GET of a tiny static file, whose
 * query is all that is told. `docs/guides/telemetry.md` says it to people, field by field.
 *
 * The fields are the name and version of a plugin that the registry itself published, a number of a fixed list, or words
 * that `normalizeTerms` let pass. There is no field that could tell one sender from another.
 */
import type { PluginName, Version } from '@ar-registry/schemas';
import type { LoadBucket } from './buckets.ts';

/** What happened to a plugin: `active` at most once a day for each project and plugin, `error` once an hour. */
export const PLUGIN_EVENTS = ['install', 'active', 'load', 'error'] as const;
/** What was looked for: with results, and without. */
export const SEARCH_EVENTS = ['search', 'missed'] as const;
/** The name of each file that is asked for. */
export const EVENT_NAMES = [...PLUGIN_EVENTS, ...SEARCH_EVENTS] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** A version was installed, is in use, or ended in an error. */
export interface PluginEvent {
  readonly kind: 'install' | 'active' | 'error';
  readonly name: PluginName;
  readonly version: Version;
}

/** A plugin was loaded, in at most this time. */
export interface LoadEvent {
  readonly kind: 'load';
  readonly name: PluginName;
  readonly version: Version;
  readonly ms: LoadBucket;
}

/** Somebody looked for these words, and found something or nothing (`missed`). */
export interface SearchEvent {
  readonly kind: 'search' | 'missed';
  /** As `normalizeTerms` made them. */
  readonly terms: string;
}

export type TelemetryEvent = PluginEvent | LoadEvent | SearchEvent;

/**
 * The address of an event, relative to the folder of events: `install?p=@scope/name&v=1.0.0`. Fields are in the order
 * of the guide, so the same event is always the same address.
 */
export function eventAddress(event: TelemetryEvent): string {
  if ('terms' in event) return `${event.kind}?q=${encodeURIComponent(event.terms)}`;
  // Names and versions are made of characters that a query may have as they are (RFC 3986 §3.4).
  const address = `${event.kind}?p=${event.name}&v=${event.version}`;
  return 'ms' in event ? `${address}&ms=${event.ms}` : address;
}
