/** What the documents that are about many plugins are made of, after a change of some. */
import type { Finding } from '@ar-registry/core/findings';
import type { Snapshot } from '@ar-registry/core/snapshot';
import type { BuildInput } from './build-input.ts';
import type { IndexChange } from './plan-change.ts';
import type { StagedOutput } from './staged-output.ts';
import type { Aggregates } from './state/aggregates.ts';
import type { PluginState } from './state/chunks.ts';
import type { PluginFacts } from './state/facts.ts';
import type { OpenState } from './state/open.ts';

export interface Listing {
  readonly input: BuildInput;
  readonly state: OpenState;
  readonly commit: string;
  readonly out: StagedOutput;
  readonly change: IndexChange;
  /** What was known of the plugins that changed, and what is known now; by name. */
  readonly before: readonly PluginState[];
  readonly now: readonly PluginFacts[];
  /** Those as well that were looked at again and are what they were. */
  readonly again: readonly PluginFacts[];
  /** As they are now. */
  readonly aggregates: Aggregates;
  readonly findings: readonly Finding[];
  /** Of the plugins that changed, with all advisories. */
  readonly snapshot: Snapshot;
  readonly signal: AbortSignal | undefined;
}

/** A document of a list, with plugins whose texts are there already. @param document without any */
export function withRows(document: object, rows: readonly string[]): Uint8Array {
  return withItems(document, 'plugins', rows);
}

/** A document whose last key has items whose texts are there already. @param document without any */
export function withItems(document: object, key: string, rows: readonly string[]): Uint8Array {
  const text = JSON.stringify(document);
  if (!text.endsWith(`"${key}":[]}`)) throw new Error(`The ${key} come last in their document.`);
  return new TextEncoder().encode(`${text.slice(0, -2)}${rows.join(',')}]}\n`);
}
