import type { Presenter } from '../command.ts';
import type { VerifiedPlugin } from '../install/verify-locked.ts';
import { type Line, type Page, quiet, type Span, toned } from './text.ts';

interface Outcome {
  readonly plugins: readonly VerifiedPlugin[];
}

export const presentVerify: Presenter<Outcome> = {
  text: ({ plugins }) => {
    if (plugins.length === 0) return ['No plugins are installed.'];
    const uncovered = plugins.filter(({ dependencies }) => dependencies === 'not-covered').map(({ name }) => name);
    return [
      ...plugins.flatMap(pluginLines),
      ...(uncovered.length === 0 ? [] : [quiet(`Not covered: the npm dependencies of ${uncovered.join(', ')}`)]),
      isOk({ plugins }) ? 'All is as it was published.' : 'Fetch what differs anew: ar plugin install',
    ];
  },
  json: (outcome) => ({
    ok: isOk(outcome),
    plugins: outcome.plugins.map(({ entry, ...one }) => ({ ...one, version: entry.version, source: entry.source })),
  }),
  exitCode: (outcome) => (isOk(outcome) ? 0 : 3),
};

function isOk({ plugins }: Outcome): boolean {
  return plugins.every(({ state }) => state === 'intact' || state === 'linked');
}

const STATES: Readonly<Record<VerifiedPlugin['state'], Span>> = {
  intact: toned('intact', 'good'),
  changed: toned('changed', 'bad'),
  absent: toned('not in the store', 'bad'),
  linked: toned('linked folder, nothing to compare', 'quiet'),
};

function pluginLines({ name, entry, state, changed, missing, added }: VerifiedPlugin): Page {
  return [
    [toned(name, 'name'), `@${entry.version}  `, STATES[state]],
    ...fileLines('changed', changed),
    ...fileLines('missing', missing),
    ...fileLines('added', added),
  ];
}

/** Paths below the name of a package. */
export function fileLines(what: string, paths: readonly string[]): readonly Line[] {
  return paths.map((path) => ['    ', toned(`${what}:`, 'bad'), ' ', path]);
}
