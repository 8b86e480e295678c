import { describe, expect, test } from 'vitest';
import { ciVariable } from './ci.ts';
import { telemetryObstacles } from './consent.ts';

const kinds = (...circumstances: Parameters<typeof telemetryObstacles>): readonly string[] =>
  telemetryObstacles(...circumstances).map(({ kind }) => kind);

describe('telemetryObstacles', () => {
  test('are none where the user said that it may be', () => {
    expect(kinds({ setting: true, env: {}, offline: false })).toEqual([]);
  });

  test.each([
    [undefined, 'not-asked-for'],
    [false, 'switched-off'],
  ])('are there where the setting is %s', (setting, kind) => {
    expect(kinds({ setting, env: {}, offline: false })).toEqual([kind]);
  });

  test.each(['1', 'true', 'yes', ' '])('are there where DO_NOT_TRACK is %j', (value) => {
    expect(kinds({ setting: true, env: { DO_NOT_TRACK: value }, offline: false })).toEqual(['do-not-track']);
  });

  test.each(['', '0', 'false', 'FALSE'])('are none where DO_NOT_TRACK is %j', (value) => {
    expect(kinds({ setting: true, env: { DO_NOT_TRACK: value }, offline: false })).toEqual([]);
  });

  test('are all told', () => {
    const env = { DO_NOT_TRACK: '1', GITHUB_ACTIONS: 'true' };
    expect(telemetryObstacles({ setting: false, env, offline: true })).toEqual([
      { kind: 'switched-off' },
      { kind: 'do-not-track' },
      { kind: 'ci', variable: 'GITHUB_ACTIONS' },
      { kind: 'offline' },
    ]);
  });
});

describe('ciVariable', () => {
  test.each([
    'CI',
    'GITHUB_ACTIONS',
    'GITLAB_CI',
    'JENKINS_URL',
    'TEAMCITY_VERSION',
    'TF_BUILD',
    'bamboo_planKey',
    'XCS',
  ])('goes by %s', (name) => {
    expect(ciVariable({ [name]: 'true', PATH: '/bin' })).toBe(name);
  });

  test.each([{}, { CI: '' }, { CI: 'false', GITHUB_ACTIONS: 'true' }, { PATH: '/bin', HOME: '/home/ada' }])(
    'finds none in %j',
    (env) => {
      expect(ciVariable(env)).toBeUndefined();
    },
  );
});
