import { expect, test } from 'vitest';
import { forgetOwnImport } from './own-import.ts';

const URL = 'file:///app/node_modules/@ar-registry/loader/dist/register.js';

test.each([
  [`--import=${URL}`, ''],
  [`--max-old-space-size=99 --import=${URL} --import=./mine.js`, '--max-old-space-size=99 --import=./mine.js'],
  ['--import=./mine.js', '--import=./mine.js'],
])('of NODE_OPTIONS %j is left %j', (before, after) => {
  const env = { NODE_OPTIONS: before, PATH: '/bin' };
  forgetOwnImport(env, URL);
  expect(env).toEqual({ NODE_OPTIONS: after, PATH: '/bin' });
});
