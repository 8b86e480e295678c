import type { Row, World } from './benchmark.ts';
import { measure, type Subject } from './measure.ts';
import { ratios, summarize } from './statistics.ts';

export interface Case extends Subject {
  readonly bound?: number;
  readonly note?: string;
}

/** Compares processes with a bare start of Node.js, `node -e 0`, that runs in every round beside them. */
export function compareWithBareNode(cases: readonly Case[], { node, rounds }: Pick<World, 'node' | 'rounds'>): Row[] {
  const base: Subject = { name: 'node -e 0', program: () => ({ file: node, args: ['-e', '0'] }) };
  const times = measure([base, ...cases], { rounds });
  const baseTimes = times.get(base.name) ?? [];
  return [base, ...cases].map((one: Case): Row => {
    const own = times.get(one.name) ?? [];
    const { median, lower, upper } = summarize(ratios(own, baseTimes));
    return {
      name: one.name,
      unit: 'x',
      value: median,
      spread: [lower, upper],
      medianMs: summarize(own).median,
      ...(one.bound === undefined ? {} : { bound: one.bound }),
      ...(one.note === undefined ? {} : { note: one.note }),
    };
  });
}
