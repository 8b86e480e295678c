import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { parseSpec } from './index.ts';

function read(text: string): unknown {
  try {
    return parseSpec(text);
  } catch (error) {
    if (hasCode(error, 'SPEC_INVALID')) return error.code;
    throw error;
  }
}

describe('parseSpec', () => {
  it.each([
    ['@acme/hello', { kind: 'registry', name: '@acme/hello', wanted: { kind: 'latest' } }],
    ['@acme/hello@', { kind: 'registry', name: '@acme/hello', wanted: { kind: 'latest' } }],
    ['@acme/hello@1.2.0', { kind: 'registry', name: '@acme/hello', wanted: { kind: 'exact', version: '1.2.0' } }],
    ['@acme/hello@^1', { kind: 'registry', name: '@acme/hello', wanted: { kind: 'range', range: '^1' } }],
    ['@acme/hello@beta', { kind: 'registry', name: '@acme/hello', wanted: { kind: 'tag', tag: 'beta' } }],
    ['./hello', { kind: 'path', path: './hello' }],
    ['../hello', { kind: 'path', path: '../hello' }],
    ['.', { kind: 'path', path: '.' }],
    ['..', { kind: 'path', path: '..' }],
    ['/opt/hello', { kind: 'path', path: '/opt/hello' }],
    ['~/hello', { kind: 'path', path: '~/hello' }],
    ['C:\\hello', { kind: 'path', path: 'C:\\hello' }],
    ['.\\hello', { kind: 'path', path: '.\\hello' }],
    ['hello.tgz', { kind: 'path', path: 'hello.tgz' }],
    ['@acme/hello-1.0.0.tgz', { kind: 'path', path: '@acme/hello-1.0.0.tgz' }],
    ['hello.tar.gz', { kind: 'path', path: 'hello.tar.gz' }],
    ['file:./hello', { kind: 'path', path: './hello' }],
    ['file:///opt/hello', { kind: 'path', path: '/opt/hello' }],
    ['file:///opt/my%20hell%C3%B6', { kind: 'path', path: '/opt/my hellö' }],
    ['file:///opt/100% hello', { kind: 'path', path: '/opt/100% hello' }],
  ])('reads %s', (text, spec) => {
    expect(read(text)).toEqual(spec);
  });

  it.each([
    '',
    'hello',
    'acme/hello',
    '@acme',
    '@acme/../hello',
    '@acme/Hello',
    '@acme/hello@!',
    '@acme/hello@git+ssh://x',
    '@acme/hello@1@2',
    '--global',
    '...',
  ])('refuses %j', (text) => {
    expect(read(text)).toBe('SPEC_INVALID');
  });

  it('gives a spec or SPEC_INVALID, whatever is typed', () => {
    const typed = fc.oneof(
      fc.string(),
      fc.string().map((text) => `@a/b@${text}`),
    );
    fc.assert(
      fc.property(typed, (text) => {
        expect(read(text)).toBeDefined();
      }),
    );
  });
});
