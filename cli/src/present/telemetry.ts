import { LOAD_BUCKETS, eventAddress, type TelemetryEvent, type TelemetryObstacle } from '@ar-registry/core/telemetry';
import type { Presenter } from '../command.ts';
import type { ShownEvents, TelemetryState } from '../telemetry/index.ts';
import { type Line, type Page, quiet, strong, toned } from './text.ts';

interface Outcome extends TelemetryState {
  readonly turned?: 'on' | 'off';
  /** Of this program, which is sent. */
  readonly version: string;
}

/** Of `on`, `off` and `status`. */
export const presentTelemetry: Presenter<Outcome> = {
  text: (outcome): Page => [
    [strong(outcome.on ? 'Telemetry is on.' : 'Nothing is told to anybody.'), quiet(`  ${outcome.file}`)],
    ...outcome.obstacles.map((obstacle) => quiet(`  ${because(obstacle)}`)),
    ...(outcome.turned === 'off' ? [] : outcome.registries.map((registry) => registryLine(registry, outcome.on))),
    ...(outcome.waiting > 0 ? [quiet(`  ${outcome.waiting} waiting: ar plugin telemetry show`)] : []),
    ...(outcome.turned === 'on' ? ['', ...whatIsSent(outcome.version)] : []),
  ],
  json: ({ on, obstacles, file, registries, waiting }) => ({ on, obstacles, file, registries, waiting }),
};

function because(obstacle: TelemetryObstacle): string {
  switch (obstacle.kind) {
    case 'not-asked-for':
      return 'You never said that it may be: ar plugin telemetry on';
    case 'switched-off':
      return 'You switched it off: ar plugin telemetry on';
    case 'do-not-track':
      return 'DO_NOT_TRACK is set, which comes before all settings.';
    case 'ci':
      return `${obstacle.variable} is set: this is CI, which comes before all settings.`;
    case 'offline':
      return 'With --offline nothing is sent.';
  }
}

function registryLine({ url, collector, known }: TelemetryState['registries'][number], on: boolean): Line {
  if (collector !== undefined)
    return [toned(url, 'name'), quiet(`  ${on ? 'is told' : 'would be told'} by GET ${collector}…`)];
  const wish = known ? 'wants to be told nothing' : 'was not asked yet whether it wants to be told';
  return [toned(url, 'name'), quiet(`  ${wish}`)];
}

const EXAMPLE = { name: '@scope/name', version: '1.2.0' } as const;

const SENT: readonly (readonly [event: TelemetryEvent, when: string])[] = [
  [{ kind: 'install', ...EXAMPLE }, 'a version of a plugin was installed'],
  [{ kind: 'active', ...EXAMPLE }, 'a daemon has it loaded: once a day for each project'],
  [{ kind: 'load', ...EXAMPLE, ms: 200 }, `it was loaded, in at most so many ms: ${LOAD_BUCKETS.join(', ')}`],
  [{ kind: 'error', ...EXAMPLE }, 'it ended in an error: once an hour'],
  [{ kind: 'search', terms: 'slack bridge' }, 'a search with results, of at most three plain words'],
  [{ kind: 'missed', terms: 'fax' }, 'one without'],
];

function whatIsSent(version: string): Page {
  const addresses = SENT.map(([event]) => eventAddress(event));
  const width = Math.max(...addresses.map(({ length }) => length));
  return [
    'What is sent, each by one GET, with nothing but these fields:',
    ...SENT.map(([, when], index): Line => [`  ${(addresses[index] ?? '').padEnd(width)}  `, quiet(when)]),
    `  User-Agent: ar/${version}`,
    'No id, no body, no cookie, no token. ar plugin telemetry show lists each one that was sent.',
  ];
}

/** Of `show`: the addresses, each on a line of its own. */
export const presentTelemetryShow: Presenter<ShownEvents> = {
  text: ({ waiting, told }): Page => {
    if (waiting.length === 0 && told.length === 0) return ['Nothing was told, and nothing waits.'];
    return [
      ...told.map(({ at, address, sent }): Line => [quiet(`${at}  ${sent ? 'told  ' : 'failed'}  `), `GET ${address}`]),
      ...waiting.map(({ at, address }): Line => [
        quiet(`${at}  waits   `),
        address === undefined ? 'for a registry that wants to be told nothing by now' : `GET ${address}`,
      ]),
    ];
  },
  json: ({ waiting, told }) => ({ waiting, told }),
};
