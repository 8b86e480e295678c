import { expect, it } from 'vitest';
import { hasCode } from '@ar-registry/core/errors';
import { parsePublisher } from './publisher.ts';

it('reads login and id', () => {
  expect(parsePublisher('octo-cat:583231')).toEqual({ login: 'octo-cat', id: 583_231 });
});

it.each([
  '',
  'octocat',
  'octocat:',
  ':1',
  'octocat:0',
  'octocat:-1',
  'octocat:1.5',
  'octocat:9007199254740993',
  'a b:1',
  'octocat:1\n',
  '-x:1',
])('refuses %j', (text) => {
  let thrown: unknown;
  try {
    parsePublisher(text);
  } catch (error) {
    thrown = error;
  }
  expect(hasCode(thrown, 'PUBLISHER_UNKNOWN')).toBe(true);
});
