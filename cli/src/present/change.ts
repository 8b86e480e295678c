import type { ChangeOutcome } from '../author/change-plugin.ts';
import type { Presenter } from '../command.ts';
import { fields } from './table.ts';
import { type Line, type Page, quiet, type Span, toned } from './text.ts';

type Changed = Extract<ChangeOutcome, { state: 'changed' }>;

/** Of every command by which an owner changes what is published. */
export const presentChange: Presenter<ChangeOutcome> = {
  text: (outcome) => {
    if (outcome.state === 'unchanged')
      return [[toned(outcome.name, 'name'), ': ', outcome.why], 'Nothing was submitted.'];
    return changedText(outcome);
  },
  json: (outcome) => {
    const { name, remote, state } = outcome;
    if (outcome.state === 'unchanged')
      return { name, remote, state, why: outcome.why, effects: [], hints: [], files: [] };
    const { change, proposed } = outcome;
    const { title, effects, hints = [] } = change;
    const { branch, commit, files, pullRequest } = proposed;
    return { name, remote, state: proposed.state, title, effects, hints, branch, commit, files, pullRequest };
  },
};

function changedText({ change, proposed, remote }: Changed): Page {
  const { state, branch, commit, files, pullRequest, steps } = proposed;
  return [
    [toned(change.title, 'strong'), ': ', ...VERDICTS[state]],
    ...change.effects.map((effect): Line => `  ${effect}`),
    ...files.map((file) => quiet(`  ${file}`)),
    ...steps,
    ...(change.hints ?? []),
    ...fields([
      ['Index', remote],
      ['Branch', branch],
      ...(commit === undefined ? [] : [['Commit', commit] as const]),
      ...(pullRequest === undefined ? [] : [['Pull request', pullRequest.url] as const]),
    ]),
  ];
}

const VERDICTS: Readonly<Record<Changed['proposed']['state'], readonly (string | Span)[]>> = {
  opened: ['a pull request is ', toned('open', 'good'), '. It takes effect once it is merged.'],
  'already-open': ['its pull request was ', toned('open before', 'good'), '. There is nothing to do.'],
  pushed: [toned('submitted', 'good'), '. It takes effect once the branch is merged.'],
  'already-pushed': [toned('submitted before', 'good'), ', with the same content. There is nothing to do.'],
  'dry-run': ['would be submitted. ', toned('Nothing was.', 'warning')],
};
