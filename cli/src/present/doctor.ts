import type { Presenter } from '../command.ts';
import type { Checked } from '../doctor/index.ts';
import { quiet, toned, type Line, type Page } from './text.ts';

interface Outcome {
  readonly checks: readonly Checked[];
}

const WORDS = { pass: toned('ok  ', 'good'), warn: toned('warn', 'warning'), fail: toned('FAIL', 'bad') } as const;

export const presentDoctor: Presenter<Outcome> = {
  text: ({ checks }): Page => [...checks.flatMap(lines), '', summary(checks)],
  json: ({ checks }) => ({ ok: isWell(checks), checks }),
  exitCode: ({ checks }) => (isWell(checks) ? 0 : 1),
};

function lines(check: Checked): readonly Line[] {
  const line: Line = [WORDS[check.result], '  ', check.message];
  return check.result === 'pass' ? [line] : [line, ['      ', quiet(check.remedy)]];
}

function isWell(checks: readonly Checked[]): boolean {
  return checks.every(({ result }) => result !== 'fail');
}

function summary(checks: readonly Checked[]): string {
  const count = (result: Checked['result']): number => checks.filter((check) => check.result === result).length;
  const parts = [`${count('pass')} fine`, ...(count('warn') > 0 ? [`${count('warn')} to look at`] : [])];
  return `${[...parts, ...(count('fail') > 0 ? [`${count('fail')} broken`] : [])].join(', ')}.`;
}
