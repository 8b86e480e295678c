import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { isGitSource, parseGitSource, parseSpec } from './index.ts';

function refusal(text: string) {
  try {
    parseSpec(text);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'SPEC_INVALID')) return error.facts;
    throw error;
  }
}

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('parseGitSource', () => {
  it.each([
    ['github:acme/hello', { url: 'https://github.com/acme/hello.git' }],
    ['github:acme/hello.js', { url: 'https://github.com/acme/hello.js.git' }],
    ['github:acme/hello#v1.0.0', { url: 'https://github.com/acme/hello.git', ref: 'v1.0.0' }],
    [`github:acme/hello#${COMMIT}`, { url: 'https://github.com/acme/hello.git', ref: COMMIT }],
    ['github:acme/hello#feature/x', { url: 'https://github.com/acme/hello.git', ref: 'feature/x' }],
    ['github:acme/hello#path:packages/a', { url: 'https://github.com/acme/hello.git', folder: 'packages/a' }],
    [
      'github:acme/hello#main::path:packages/a',
      { url: 'https://github.com/acme/hello.git', ref: 'main', folder: 'packages/a' },
    ],
    ['git+https://git.example/a/b.git', { url: 'https://git.example/a/b.git' }],
    ['git+https://git.example/a/b', { url: 'https://git.example/a/b' }],
    ['git+ssh://git@git.example/a/b.git#main', { url: 'ssh://git@git.example/a/b.git', ref: 'main' }],
    ['git+file:///srv/b.git', { url: 'file:///srv/b.git' }],
    ['git+http://127.0.0.1:3000/b.git', { url: 'http://127.0.0.1:3000/b.git' }],
  ])('reads %s, and writes it so', (text, source) => {
    expect(parseGitSource(text)).toEqual({ text, ...source });
    expect(isGitSource(text)).toBe(true);
  });

  it.each([
    ['github:acme/hello.git', 'github:acme/hello'],
    ['https://git.example/a/b.git', 'git+https://git.example/a/b.git'],
    ['https://git.example/a/b.git#main', 'git+https://git.example/a/b.git#main'],
    ['ssh://git@git.example/a/b.git', 'git+ssh://git@git.example/a/b.git'],
    ['file:///srv/b.git#main', 'git+file:///srv/b.git#main'],
    ['git@git.example:a/b.git', 'git+ssh://git@git.example/a/b.git'],
    ['github:acme/hello#path:/packages/a/', 'github:acme/hello#path:packages/a'],
    ['github:acme/hello#path:a::main', 'github:acme/hello#main::path:a'],
  ])('writes %s as %s', (typed, text) => {
    expect(parseGitSource(typed).text).toBe(text);
    expect(parseGitSource(text)).toEqual(parseGitSource(typed));
  });

  it.each([
    'github:acme',
    'github:acme/hello/packages/a',
    'github:-acme/hello',
    'github:acme/..',
    'github:acme/hello#',
    'github:acme/hello#--upload-pack=touch',
    'github:acme/hello#-x',
    'github:acme/hello#a..b',
    'github:acme/hello#main:evil',
    'github:acme/hello#semver:^1.0.0',
    'github:acme/hello#main::next',
    'github:acme/hello#path:../other',
    'github:acme/hello#path:a/../../b',
    'github:acme/hello#path:.git/hooks',
    'github:acme/hello#path:.GIT',
    'github:acme/hello#path:',
    'github:acme/hello#path:a::path:b',
    'git+ext::sh -c touch% /tmp/x',
    'git+ext://sh',
    'git+fd://17',
    'git+http://git.example/a/b.git',
    'http://git.example/a/b.git',
    'git://git.example/a/b.git',
    'git+ssh://-oProxyCommand=touch/x',
    'git+ssh://-oProxyCommand=touch@host/x',
    'git+file://host/share/b.git',
    'git+https://',
    'git+https://git.example',
    'git+https://git.example/a b.git',
    'git+https://git.example/a\nb.git',
    `github:acme/hello#${'a'.repeat(2000)}`,
    'https://example.com/hello.tgz',
    'https://example.com/hello',
  ])('refuses %j', (text) => {
    expect(refusal(text)).toBeDefined();
  });

  it.each([
    'git+https://user:s3cret@git.example/a.git',
    'git+https://s3cret@git.example/a.git',
    'https://user:s3cret@git.example/a.git',
    'git+ssh://git:s3cret@git.example/a.git',
    'git+https://git.example/a.git?token=s3cret',
    'git+https://user:s3cret@git.example/a.git#--bad',
    'https://user:s3cret@example.com/hello.tgz?token=s3cret',
  ])('refuses the credential in %s, and does not repeat it', (text) => {
    const facts = refusal(text);
    expect(facts).toBeDefined();
    expect(JSON.stringify(facts)).not.toContain('s3cret');
  });

  it('gives what it reads again as the same, or SPEC_INVALID, whatever is typed', () => {
    const typed = fc.tuple(
      fc.constantFrom('github:', 'git+https://', 'git+ssh://', 'git+file://', 'git@', 'https://'),
      fc.string(),
      fc.constantFrom('', '.git', '#', '#main', '#path:', '.git#main::path:'),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(typed, (parts) => {
        const text = parts.join('');
        if (!isGitSource(text) || refusal(text) !== undefined) return;
        const source = parseGitSource(text);
        expect(parseGitSource(source.text)).toEqual(source);
        expect(source.url).not.toMatch(/^-|::|:\/\/-/);
      }),
    );
  });
});
