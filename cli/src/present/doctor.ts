import type { Presenter } from '../command.ts';
import type { Checked } from '../doctor/index.ts';
import { quiet, toned, type Line, type Page } from './text.ts';

interface Outcome {
  readonly checks: readonly Checked[];
}

const WORDS = {
  pass: toned('ok  ', 'good'),
  warn: toned('warn', 'warning'),
  fail: toned('FAIL', 'bad'),
  skip: toned('skip', 'quiet'),
} as const;

export const presentDoctor: Presenter<Outcome> = {
  text: ({ checks }): Page => [...checks.flatMap(lines), '', summary(checks)],
  json: ({ checks }) => ({ ok: isWell(checks), checks }),
  exitCode: ({ checks }) => (isWell(checks) ? 0 : 1),
};

function lines(check: Checked): readonly Line[] {
  const line: Line = [WORDS[check.result], '  ', check.message];
  return 'remedy' in check ? [line, ['      ', quiet(check.remedy)]] : [line];
}

function isWell(checks: readonly Checked[]): boolean {
  return checks.every(({ result }) => result !== 'fail');
}

function summary(checks: readonly Checked[]): string {
  const count = (result: Checked['result']): number => checks.filter((check) => check.result === result).length;
  const words = [
    ['pass', 'fine'],
    ['warn', 'to look at'],
    ['fail', 'broken'],
    ['skip', 'not looked at'],
  ] as const;
  const parts = words.flatMap(([result, word]) => (count(result) > 0 ? [`${count(result)} ${word}`] : []));
  return `${parts.join(', ')}.`;
}
