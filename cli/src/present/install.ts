import type { InstallPlan, PlannedPlugin } from '@ar-registry/core/install';
import type { Presenter } from '../command.ts';
import { toned, type Line, type Page } from './text.ts';

interface Outcome {
  readonly kind: 'installed' | 'restored' | 'planned' | 'removed';
  readonly plan: InstallPlan;
}

/** Of `install` and of `remove`. */
export const presentPlan: Presenter<Outcome> = {
  text: ({ kind, plan }): Page => {
    const lines: Line[] = [
      ...plan.installed.map((one) => changeLine('+', one)),
      ...plan.removed.map((one) => changeLine('-', one)),
    ];
    const what = summary(plan);
    return [...lines, kind === 'planned' ? `Would be done: ${what}. Nothing was changed.` : `${what}.`];
  },
  json: ({ plan }) => ({ installed: plan.installed, removed: plan.removed, unchanged: plan.unchanged }),
};

function changeLine(sign: '+' | '-', { name, version, from }: PlannedPlugin): Line {
  return [toned(sign, sign === '+' ? 'good' : 'bad'), ' ', toned(name, 'name'), `@${version}  `, toned(from, 'quiet')];
}

function summary({ installed, removed, unchanged }: InstallPlan): string {
  const parts = [
    ...(installed.length > 0 ? [`${installed.length} installed`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
    ...(unchanged.length > 0 ? [`${unchanged.length} unchanged`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'Nothing to install';
}
