/**
 * What stands in the way at the moment. A read that works says nothing of writes: a server that is read-only, or a table
 * that is gone, answers `SELECT 1` all the same.
 */
import { describe } from './passing.ts';

/** In this order: what works clears the failures of its kind and of those before it. */
const KINDS = ['read', 'change', 'save'] as const;

/** `save` is of messages and of the tables, `change` of everything else. */
export type Kind = (typeof KINDS)[number];

export interface Failures {
  note(kind: Kind, error: unknown): void;
  clear(kind: Kind): void;
  /** The gravest; undefined while everything works. */
  current(): string | undefined;
}

export interface FailureListeners {
  /** Called when something begins to fail, and not again until everything works. */
  readonly onFailure: (problem: string) => void;
  readonly onRecovery: () => void;
}

export function createFailures({ onFailure, onRecovery }: FailureListeners): Failures {
  const standing = new Map<Kind, string>();
  return {
    note(kind, error) {
      const first = standing.size === 0;
      const problem = describe(error);
      standing.set(kind, problem);
      if (first) onFailure(problem);
    },
    clear(kind) {
      if (standing.size === 0) return;
      for (const cleared of KINDS.slice(0, KINDS.indexOf(kind) + 1)) standing.delete(cleared);
      if (standing.size === 0) onRecovery();
    },
    current: () => KINDS.toReversed().flatMap((kind) => standing.get(kind) ?? [])[0],
  };
}
