import type { Presenter } from '../command.ts';
import type { ReloadOutcome } from '../commands/reload.ts';
import { quiet, toned, type Line } from './text.ts';

type Reloaded = ReloadOutcome['plugins'][number];

const STATES = { active: 'active', error: 'failed', disabled: 'disabled' } as const;

export const presentReload: Presenter<ReloadOutcome> = {
  text: ({ plugins }) => (plugins.length === 0 ? ['The daemon has no plugins.'] : plugins.flatMap(linesOf)),
  json: (outcome) => ({
    ok: exitCodeOf(outcome) === 0,
    plugins: outcome.plugins.map(({ status, error, ...facts }) => ({
      ...facts,
      state: STATES[status],
      problems: error ? [error] : [],
    })),
  }),
  exitCode: exitCodeOf,
};

function exitCodeOf({ plugins }: ReloadOutcome): 0 | 1 {
  return plugins.some(({ status }) => status === 'error') ? 1 : 0;
}

const WORDS = {
  active: [' is ', toned('active', 'good'), '.'],
  error: [' ', toned('failed', 'bad'), '.'],
  disabled: [' is ', toned('disabled', 'quiet'), '.'],
} as const;

function linesOf({ name, version, status, error }: Reloaded): readonly Line[] {
  const head: Line = [version === undefined ? name : `${name}@${version}`, ...WORDS[status]];
  return error ? [head, [toned(error.code, 'bad'), ': ', error.message], ['  ', quiet(error.remedy)]] : [head];
}
