import type { Presenter } from '../command.ts';
import type { Reloaded, ReloadOutcome } from '../commands/reload.ts';
import { quiet, toned, type Line } from './text.ts';

export const presentReload: Presenter<ReloadOutcome> = {
  text: ({ plugins }) => (plugins.length === 0 ? ['The daemon has no plugins.'] : plugins.flatMap(linesOf)),
  json: (outcome) => ({
    ok: exitCodeOf(outcome) === 0,
    plugins: outcome.plugins.map(({ problems, ...facts }) => ({
      ...facts,
      problems: problems.map(({ code, message, remedy }) => ({ code, message, remedy })),
    })),
  }),
  exitCode: exitCodeOf,
};

function exitCodeOf({ plugins }: ReloadOutcome): 0 | 1 | 4 {
  if (plugins.some(({ problems }) => problems.some(({ code }) => code === 'CONTROL_FAILED'))) return 4;
  return plugins.every(({ state }) => state === 'active' || state === 'disabled') ? 0 : 1;
}

const WORDS = {
  active: [' is ', toned('active', 'good'), '.'],
  failed: [' ', toned('failed', 'bad'), '.'],
  disabled: [' is ', toned('disabled', 'quiet'), '.'],
  unknown: [' is ', toned('unknown', 'bad'), '.'],
  untouched: [' was ', toned('not loaded anew', 'warning'), '.'],
} as const;

function linesOf({ name, version, state, problems }: Reloaded): readonly Line[] {
  return [
    [version === undefined ? name : `${name}@${version}`, ...WORDS[state]],
    ...problems.flatMap(({ code, message, remedy }): Line[] => [
      [toned(code, 'bad'), ': ', message],
      ['  ', quiet(remedy)],
    ]),
  ];
}
