import type { AdvisoryEntry } from '@ar-registry/schemas';
import { compareVersions } from '../version/index.ts';

/** Of one range: where it begins, and where it ends. */
export type AdvisoryEvents = NonNullable<AdvisoryEntry['affected']['ranges']>[number]['events'];
type Event = AdvisoryEvents[number];

/** At the same version: a fix ends what was, what is introduced begins after it, and what is affected last still is. */
const AT_ONCE = ['fixed', 'introduced', 'last_affected'] as const satisfies readonly (keyof Event)[];

/** By version, whatever their order in the file: OSV prescribes none. */
export function inOrder(events: AdvisoryEvents): AdvisoryEvents {
  return events.toSorted((a, b) => compare(a, b) || AT_ONCE.indexOf(kindOf(a)) - AT_ONCE.indexOf(kindOf(b)));
}

function kindOf(event: Event): (typeof AT_ONCE)[number] {
  return AT_ONCE.find((kind) => event[kind] !== undefined) ?? 'introduced';
}

function compare(a: Event, b: Event): number {
  const [first, second] = [a[kindOf(a)] ?? '0', b[kindOf(b)] ?? '0'];
  if (first === '0' || second === '0') return Number(second === '0') - Number(first === '0');
  return compareVersions(first, second);
}
