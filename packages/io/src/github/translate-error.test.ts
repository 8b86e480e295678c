import { ArError, isArError } from '@ar-registry/core/errors';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterSeconds, toGitHubError } from './translate-error.ts';

const HERE = { doing: 'forking acme/index', aborted: false };

/** What Octokit throws for an answer. */
function answered(status: number, data: unknown = {}, headers: Readonly<Record<string, string>> = {}): Error {
  return Object.assign(new Error('Octokit says'), { status, response: { status, data, headers } });
}

const translated = (error: unknown): unknown => toGitHubError(error, HERE);

describe('an answer', () => {
  it.each([
    [401, {}, 'GITHUB_UNAUTHORIZED'],
    [403, {}, 'GITHUB_FORBIDDEN'],
    [403, { 'x-ratelimit-remaining': '12' }, 'GITHUB_FORBIDDEN'],
    [403, { 'x-ratelimit-remaining': '0' }, 'GITHUB_RATE_LIMITED'],
    [403, { 'retry-after': '5' }, 'GITHUB_RATE_LIMITED'],
    [429, {}, 'GITHUB_RATE_LIMITED'],
    [404, {}, 'GITHUB_NOT_FOUND'],
    [410, {}, 'GITHUB_NOT_FOUND'],
    [451, {}, 'GITHUB_FORBIDDEN'],
    [405, {}, 'GITHUB_REJECTED'],
    [409, {}, 'GITHUB_REJECTED'],
    [422, {}, 'GITHUB_REJECTED'],
    [500, {}, 'GITHUB_UNAVAILABLE'],
    [503, {}, 'GITHUB_UNAVAILABLE'],
  ])('with the status %i and the headers %j is %s', (status, headers, code) => {
    expect(translated(answered(status, {}, headers))).toMatchObject({ code, facts: { doing: HERE.doing } });
  });

  it('says what GitHub says, and of which field', () => {
    const data = {
      message: 'Validation Failed',
      errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }, 'x'],
    };
    const facts = { reason: 'Validation Failed; PullRequest head invalid; x' };
    expect(translated(answered(422, data))).toMatchObject({ facts });
  });

  it('cannot rewrite the terminal, show a token, or go on for ever', () => {
    const message = `\u001b[31mno\u202e\nhttps://ada:secret@host/ ghp_${'a'.repeat(36)} ${'x'.repeat(5000)}`;
    const error = translated(answered(422, { message }));
    if (!isArError(error)) throw new Error('no error of ours');
    for (const part of ['secret', 'ghp_', '\u001b', '\u202e', '\n']) expect(error.message).not.toContain(part);
    expect(error.message.length).toBeLessThan(500);
  });

  it('may hold anything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 400, max: 599 }), (data, status) => {
        expect(isArError(translated(answered(status, data)))).toBe(true);
      }),
    );
  });
});

describe('how long to wait', () => {
  it('is what the server says, by its own clock', () => {
    const date = new Date('2026-01-01T00:00:00Z');
    const reset = String(date.getTime() / 1000 + 120);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date: date.toUTCString() };
    expect(translated(answered(403, {}, headers))).toMatchObject({ facts: { waitSeconds: 121 } });
    expect(translated(answered(429, {}, { 'retry-after': '7' }))).toMatchObject({ facts: { waitSeconds: 7 } });
  });

  it.each(['', 'soon', '-1', 'Infinity'])('is a minute where it says “%s”', (text) => {
    expect(translated(answered(429, {}, { 'retry-after': text }))).toMatchObject({ facts: { waitSeconds: 60 } });
    expect(retryAfterSeconds(answered(503, {}, { 'retry-after': text }))).toBeUndefined();
  });
});

describe('another failure', () => {
  it('of the connection is that GitHub cannot be used', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { status: 500, request: {} });
    expect(translated(error)).toMatchObject({ code: 'GITHUB_UNAVAILABLE', cause: error });
  });

  it('after an interruption is the interruption', () => {
    expect(toGitHubError(answered(500), { ...HERE, aborted: true })).toMatchObject({ code: 'ABORTED' });
  });

  it('to read an answer is that it was not understood', () => {
    expect(translated(new TypeError('not a text'))).toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
  });

  it('that is ours, or a bug, stays as it is', () => {
    const own = new ArError('ABORTED', { doing: 'x' });
    const bug = new Error('bug');
    expect([translated(own), translated(bug), translated('text')]).toEqual([own, bug, 'text']);
  });
});
