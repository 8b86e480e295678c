import type { DeliveryEvent } from './deliver.ts';

/** What became of the messages of an endpoint since it was loaded. */
export interface Counts {
  readonly delivered: number;
  /** Among the dead letters. */
  readonly givenUp: number;
  /** Messages for which there was no room. */
  readonly dropped: number;
  /** ISO 8601. */
  readonly lastSuccessAt?: string;
  readonly lastFailureAt?: string;
  /** Why the last attempt failed; absent when it succeeded. */
  readonly failing?: string;
}

/** @param at ISO 8601 */
export function countEvent(counts: Counts, event: DeliveryEvent, at: string): Counts {
  const { failing: _, ...others } = counts;
  switch (event.kind) {
    case 'delivered':
      return { ...others, delivered: counts.delivered + 1, lastSuccessAt: at };
    case 'retrying':
    case 'kept':
      return { ...others, lastFailureAt: at, failing: event.reason };
    case 'given-up':
    case 'gone':
      return { ...others, givenUp: counts.givenUp + 1, lastFailureAt: at, failing: event.reason };
    default:
      return event satisfies never;
  }
}
