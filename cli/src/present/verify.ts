import { assertNever, type ArError } from '@ar-registry/core/errors';
import type { Presenter } from '../command.ts';
import type { VerifiedPlugin } from '../install/verify-locked.ts';
import type { AskedLog } from '../install/verify-logs.ts';
import { describeFailure } from './error.ts';
import { type Line, type Page, quiet, type Span, toned } from './text.ts';

interface Outcome {
  readonly plugins: readonly VerifiedPlugin[];
  readonly logs: readonly AskedLog[];
}

export const presentVerify: Presenter<Outcome> = {
  text: ({ plugins, logs }) => {
    if (plugins.length === 0) return ['No plugins are installed.'];
    const uncovered = plugins.filter(({ dependencies }) => dependencies === 'not-covered').map(({ name }) => name);
    return [
      ...plugins.flatMap(pluginLines),
      ...(uncovered.length === 0 ? [] : [quiet(`Not covered: the npm dependencies of ${uncovered.join(', ')}`)]),
      ...advice(plugins),
      ...logs.flatMap(logLines),
    ];
  },
  json: (outcome) => ({
    ok: isOk(outcome.plugins) && !outcome.logs.some(({ state }) => state === 'unreachable' || state === 'refused'),
    logs: outcome.logs.map(logDocument),
    plugins: outcome.plugins.map(({ entry, ...one }) => ({ ...one, version: entry.version, source: entry.source })),
  }),
  exitCode: ({ plugins, logs }) => {
    if (plugins.some(isForeign) || refusalOf(logs)) return 3;
    if (!isOk(plugins)) return 1;
    return logs.some(({ state }) => state === 'unreachable') ? 4 : 0;
  },
  failure: ({ logs }) => refusalOf(logs),
};

function refusalOf(logs: readonly AskedLog[]): ArError | undefined {
  return logs.find((log) => log.state === 'refused')?.error;
}

function logDocument(log: AskedLog): object {
  if (log.state !== 'refused') return log;
  const { code, message: problem, remedy } = describeFailure(log.error);
  return { registry: log.registry, state: log.state, code, problem, remedy };
}

/** A registry without a log is nothing to speak of. */
function logLines(log: AskedLog): Page {
  switch (log.state) {
    case 'none':
      return [];
    case 'not-asked':
      return [quiet(`Not asked: the log of ${log.registry}`)];
    case 'unreachable':
      return [[toned('not proved', 'bad'), `: the log of ${log.registry} cannot be asked. ${log.problem}`]];
    case 'refused':
      return [[toned('not proved', 'bad'), `: the log of ${log.registry} is not believed. ${log.error.message}`]];
    case 'consistent': {
      const since = log.since === undefined ? 'is seen for the first time' : `goes on from ${log.since}`;
      const proved = `has ${log.proved.map(({ name, version }) => `${name}@${version}`).join(', ')}`;
      return [`The log of ${log.registry} has ${log.size} entries, ${since}, and ${proved}.`];
    }
    default:
      return assertNever(log);
  }
}

function isOk(plugins: readonly VerifiedPlugin[]): boolean {
  return plugins.every(({ state }) => state === 'intact' || state === 'linked');
}

function isForeign({ state }: VerifiedPlugin): boolean {
  return isDamaged(state) || state === 'mislabelled';
}

function isDamaged(state: VerifiedPlugin['state']): boolean {
  return state === 'changed' || state === 'absent';
}

function advice(plugins: readonly VerifiedPlugin[]): Page {
  const broken = plugins.filter(({ state }) => state === 'broken').map(({ name }) => name);
  return [
    ...(broken.length === 0
      ? []
      : [`Put the folder back, or remove what was linked: ar plugin remove ${broken.join(' ')}`]),
    ...(plugins.some(({ state }) => isDamaged(state)) ? ['Fetch what differs anew: ar plugin install'] : []),
    ...(plugins.some(({ state }) => state === 'mislabelled')
      ? ['ar-plugins.lock was changed by hand: restore it from version control.']
      : []),
    ...(isOk(plugins)
      ? [
          plugins.some(({ state }) => state === 'intact')
            ? 'All is as it was published.'
            : 'There is nothing to compare.',
        ]
      : []),
  ];
}

const STATES: Readonly<Record<VerifiedPlugin['state'], Span>> = {
  intact: toned('intact', 'good'),
  changed: toned('changed', 'bad'),
  absent: toned('not in the store', 'bad'),
  linked: toned('linked, not verified', 'quiet'),
  broken: toned('linked to a folder that is gone', 'bad'),
  mislabelled: toned('not what the lock calls it', 'bad'),
};

function pluginLines({ name, entry, state, packaged, changed, missing, added }: VerifiedPlugin): Page {
  return [
    [toned(name, 'name'), `@${entry.version}  `, STATES[state]],
    ...(packaged === undefined ? [] : fileLines('its package is', [packaged])),
    ...fileLines('changed', changed),
    ...fileLines('missing', missing),
    ...fileLines('added', added),
  ];
}

/** Paths below the name of a package. */
export function fileLines(what: string, paths: readonly string[]): readonly Line[] {
  return paths.map((path) => ['    ', toned(`${what}:`, 'bad'), ' ', path]);
}
