import type { FindingCode } from '../findings/index.ts';

/** Label of a pull request → the one kind of finding that it waives. Only who may set labels can waive. */
const WAIVERS = {
  'name-reviewed': 'NAME_LOOKALIKE',
  'order-reviewed': 'VERSION_NOT_HIGHER',
} as const satisfies Readonly<Record<string, FindingCode>>;

export type Waiver = (typeof WAIVERS)[keyof typeof WAIVERS];

/** What `labels` waive; those that waive nothing do not count. */
export function waivedBy(labels: Iterable<string>): readonly Waiver[] {
  return [...new Set(labels)].flatMap((label) => (isWaiving(label) ? [WAIVERS[label]] : []));
}

function isWaiving(label: string): label is keyof typeof WAIVERS {
  return Object.hasOwn(WAIVERS, label);
}
