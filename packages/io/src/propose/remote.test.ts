import { describe, expect, it } from 'vitest';
import { parseGitHubRemote } from './remote.ts';

const WEB = 'https://github.com';

describe('a repository at GitHub', () => {
  it.each([
    'https://github.com/acme/index',
    'https://github.com/acme/index.git',
    'https://github.com/acme/index/',
    'https://ada:secret@github.com/acme/index.git',
    'git@github.com:acme/index.git',
    'ssh://git@github.com/acme/index.git',
    'ssh://git@github.com:22/acme/index',
    'git://github.com/acme/index.git',
  ])('is known by %s', (remote) => {
    expect(parseGitHubRemote(remote, WEB)).toEqual({ owner: 'acme', repo: 'index' });
  });

  it('may have dots in its name, and be on another host', () => {
    expect(parseGitHubRemote('https://git.example:8443/acme/a.b.git', 'https://git.example:8443')).toEqual({
      owner: 'acme',
      repo: 'a.b',
    });
  });
});

describe('another remote', () => {
  it.each([
    '/srv/git/index.git',
    'C:\\index.git',
    'file:///srv/github.com/acme/index.git',
    'http://github.com/acme/index',
    'https://github.com.evil.example/acme/index',
    'https://evil.example/github.com/acme/index',
    'https://evil.example/acme/index?x=https://github.com/acme/index',
    'git@evil.example:acme/index.git',
    'root@github.com:acme/index.git',
    'https://github.com/acme',
    'https://github.com/acme/index/tree/main',
    'https://github.com/acme/..',
    'https://github.com/-acme/index',
    'https://github.com/acme/a%2fb',
    'https://github.com:444/acme/index',
    'ext::sh -c true',
    '',
  ])('is none: %s', (remote) => {
    expect(parseGitHubRemote(remote, WEB)).toBeUndefined();
  });
});
