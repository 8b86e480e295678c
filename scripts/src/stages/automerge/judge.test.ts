import type { CheckRun, PullRequest } from '@ar-registry/io/github';
import { describe, expect, it } from 'vitest';
import type { CheckedChange } from '../check/index.ts';
import { judgePull, judgeRuns, judgeSources } from './judge.ts';

const PULL: PullRequest = {
  number: 7,
  url: 'https://github.com/acme/index/pull/7',
  title: 'Publish',
  body: '',
  state: 'open',
  merged: false,
  draft: false,
  author: { login: 'ada', id: 1 },
  createdAt: '2026-06-01T10:00:00Z',
  labels: [],
  head: { sha: 'a'.repeat(40), ref: 'publish' },
  base: { sha: 'b'.repeat(40), ref: 'main' },
};

const RUN: CheckRun = {
  name: 'registry check',
  status: 'completed',
  conclusion: 'success',
  startedAt: '2026-06-01T10:05:00Z',
  appId: 15_368,
};

const MAIN = { branch: 'main', owner: 'acme' };

const EARLY = '2026-06-01T10:00:00Z';
const LATER = '2026-06-01T10:10:00Z';
const LATE = '2026-06-02T00:00:00Z';

function run(runs: readonly CheckRun[], now: string, pull: Partial<PullRequest> = {}) {
  return judgeRuns(runs, { pull: { ...PULL, ...pull }, waitMinutes: 30, nowMs: Date.parse(now) })?.action;
}

describe('judgePull', () => {
  it('lets an open one for the branch pass', () => {
    expect(judgePull(PULL, MAIN)).toBeUndefined();
  });

  it.each<[string, Partial<PullRequest>]>([
    ['a draft', { draft: true }],
    ['one for another branch', { base: { ...PULL.base, ref: 'other' } }],
    ['one on hold', { labels: ['hold'] }],
    ['one from somebody else’s repository', { head: { ...PULL.head, repository: { owner: 'eve', repo: 'index' } } }],
  ])('leaves %s', (_what, changes) => {
    expect(judgePull({ ...PULL, ...changes }, MAIN)?.action).toBe('leave');
  });

  it.each(['ada', 'ADA', 'acme'])('lets one from a repository of %s pass', (owner) => {
    expect(judgePull({ ...PULL, head: { ...PULL.head, repository: { owner, repo: 'index' } } }, MAIN)).toBeUndefined();
  });

  it('leaves one whose author is gone', () => {
    const { author: _author, ...rest } = PULL;
    expect(judgePull(rest, MAIN)?.action).toBe('leave');
  });
});

describe('judgeRuns', () => {
  it.each<[string, { runs: readonly CheckRun[]; now: string; action: string | undefined }]>([
    ['no check has run', { runs: [], now: LATE, action: 'wait' }],
    ['only skipped ones ran', { runs: [{ ...RUN, conclusion: 'skipped' }], now: LATE, action: 'wait' }],
    ['another one has passed', { runs: [{ ...RUN, name: 'changes' }], now: LATE, action: 'wait' }],
    [
      'another one has failed',
      { runs: [RUN, { ...RUN, name: 'b', conclusion: 'failure' }], now: LATE, action: 'leave' },
    ],
    [
      'it failed at first',
      { runs: [{ ...RUN, conclusion: 'failure', startedAt: EARLY }, RUN], now: LATE, action: undefined },
    ],
    [
      'it passed at first',
      { runs: [RUN, { ...RUN, conclusion: 'failure', startedAt: LATER }], now: LATE, action: 'leave' },
    ],
    [
      'it runs again',
      { runs: [RUN, { ...RUN, status: 'queued', conclusion: null, startedAt: undefined }], now: LATE, action: 'wait' },
    ],
    ['the only one has failed', { runs: [{ ...RUN, conclusion: 'failure' }], now: LATE, action: 'leave' }],
    ['one was cancelled', { runs: [RUN, { ...RUN, name: 'b', conclusion: 'cancelled' }], now: LATE, action: 'leave' }],
    [
      'one is running',
      { runs: [RUN, { ...RUN, name: 'b', status: 'in_progress', conclusion: null }], now: LATE, action: 'wait' },
    ],
    ['the wait is not over', { runs: [RUN], now: '2026-06-01T10:34:59Z', action: 'wait' }],
    ['the wait is over', { runs: [RUN], now: '2026-06-01T10:35:00Z', action: undefined }],
    ['no time is known', { runs: [{ ...RUN, startedAt: undefined }], now: LATE, action: 'wait' }],
    [
      'another one began later',
      {
        runs: [RUN, { ...RUN, name: 'b', startedAt: '2026-06-01T11:00:00Z' }],
        now: '2026-06-01T11:29:00Z',
        action: 'wait',
      },
    ],
  ])('when %s', (_what, { runs, now, action }) => {
    expect(run(runs, now)).toBe(action);
  });

  it('counts from the opening where that is later: a commit may be older than its pull request', () => {
    expect(run([RUN], '2026-06-01T12:20:00Z', { createdAt: '2026-06-01T12:00:00Z' })).toBe('wait');
  });
});

function changeOf(source: object | undefined): CheckedChange {
  return { change: { versions: [{ record: { source } }] } } as unknown as CheckedChange;
}

describe('judgeSources', () => {
  const source = { type: 'git', url: 'https://example.com/a', commit: 'a'.repeat(40) };

  it('wants the job that builds a source to have passed', () => {
    expect(judgeSources(changeOf(source), [RUN])?.action).toBe('wait');
    expect(judgeSources(changeOf(source), [RUN, { ...RUN, name: 'source', conclusion: 'skipped' }])?.action).toBe(
      'wait',
    );
    expect(judgeSources(changeOf(source), [RUN, { ...RUN, name: 'source' }])).toBeUndefined();
  });

  it('wants nothing of a version that names none', () => {
    expect(judgeSources(changeOf(undefined), [RUN])).toBeUndefined();
  });
});
