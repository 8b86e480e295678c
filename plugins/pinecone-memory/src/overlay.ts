/**
 * What was promised a moment ago, in front of what the index says: a change may wait to be carried out, and Pinecone
 * itself shows it only some seconds later.
 */
import type { MemoryEntry } from '@ar-registry/sdk';
import { isIn, type Scope } from './filter.ts';

export type Change =
  | { readonly kind: 'put'; readonly entry: MemoryEntry }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'clear'; readonly scope: Scope };

export interface Overlay {
  /** @returns a function to be called when the change is carried out, or will never be: `refused` undoes it */
  add(change: Change): { settled(): void; refused(): void };
  /** Null for one that is deleted, undefined for one that it knows nothing of. */
  get(id: string): MemoryEntry | null | undefined;
  /** Whether the index's entry is what is true now. */
  hides(entry: MemoryEntry): boolean;
  /** Newest first. */
  entries(): readonly MemoryEntry[];
}

/** Longer than Pinecone takes to show a change. */
const FRESH_MS = 30_000;
/** Of changes that are carried out: more are forgotten earlier. */
const MAX_FRESH = 1000;

interface Recent {
  readonly change: Change;
  /** Infinity while it waits. */
  untilMs: number;
}

/** @param nowMs milliseconds of a clock that only goes forward */
export function createOverlay(nowMs: () => number): Overlay {
  /** In the order in which they were made. */
  const recent = new Set<Recent>();
  const forgetOld = (): void => {
    let settled = [...recent].filter(({ untilMs }) => untilMs < Infinity).length;
    for (const one of recent) {
      if (one.untilMs === Infinity || (one.untilMs > nowMs() && settled <= MAX_FRESH)) continue;
      recent.delete(one);
      settled -= 1;
    }
  };
  return {
    add(change) {
      forgetOld();
      const one = { change, untilMs: Infinity };
      recent.add(one);
      return {
        settled: () => void (one.untilMs = nowMs() + FRESH_MS),
        refused: () => void recent.delete(one),
      };
    },
    get(id) {
      forgetOld();
      let found: MemoryEntry | null | undefined;
      for (const { change } of recent) found = after(change, id, found);
      return found;
    },
    hides(entry) {
      forgetOld();
      return [...recent].some(({ change }) => touches(change, entry));
    },
    entries() {
      forgetOld();
      const found = new Map<string, MemoryEntry>();
      for (const { change } of recent) {
        if (change.kind === 'put') found.set(change.entry.id, change.entry);
        else if (change.kind === 'delete') found.delete(change.id);
        else for (const entry of found.values()) if (isIn(change.scope, entry)) found.delete(entry.id);
      }
      return [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}

function after(change: Change, id: string, found: MemoryEntry | null | undefined): MemoryEntry | null | undefined {
  switch (change.kind) {
    case 'put':
      return change.entry.id === id ? change.entry : found;
    case 'delete':
      return change.id === id ? null : found;
    case 'clear':
      return found && isIn(change.scope, found) ? null : found;
    default:
      return change satisfies never;
  }
}

function touches(change: Change, entry: MemoryEntry): boolean {
  if (change.kind === 'clear') return isIn(change.scope, entry);
  return (change.kind === 'put' ? change.entry.id : change.id) === entry.id;
}

/** Whether a line of the journal holds a change that this version can carry out. */
export function isChange(value: unknown): value is Change {
  if (!isObject(value)) return false;
  if (value['kind'] === 'put') return isObject(value['entry']);
  if (value['kind'] === 'delete') return typeof value['id'] === 'string';
  return value['kind'] === 'clear' && isObject(value['scope']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
