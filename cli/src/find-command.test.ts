import { hasCode } from '@ar-registry/core/errors';
import { describe, expect, it } from 'vitest';
import type { CommandEntry } from './commands/index.ts';
import { findCommand } from './find-command.ts';

const COMMANDS: readonly CommandEntry[] = ['install', 'tag add', 'tag rm', 'set', 'set up'].map((name) => ({
  name,
  summary: `Does ${name}.`,
  load: async () => {
    throw new Error('not loaded here');
  },
}));

const find = (words: string) => findCommand(words.split(' ').filter(Boolean), COMMANDS);

describe('findCommand', () => {
  it.each([
    ['install @s/n --json', 'install', ['@s/n', '--json']],
    ['tag add @s/n beta', 'tag add', ['@s/n', 'beta']],
    ['--json tag --registry http://x add @s/n', 'tag add', ['--json', '--registry', 'http://x', '@s/n']],
    ['tag rm tag add', 'tag rm', ['tag', 'add']],
    ['set @s/n', 'set', ['@s/n']],
    ['set --json', 'set', ['--json']],
    ['set up @s/n', 'set up', ['@s/n']],
  ])('finds the command of %j', (words, name, rest) => {
    expect(find(words)).toMatchObject({ kind: 'command', entry: { name }, rest });
  });

  it('knows a group without a verb, and no name at all', () => {
    expect(find('tag --help')).toMatchObject({ kind: 'group', name: 'tag', rest: ['--help'] });
    expect(find('--json')).toEqual({ kind: 'none', rest: ['--json'] });
  });

  it.each([
    ['instal', '`ar plugin install`', 'ar plugin --help'],
    ['tga add', '`ar plugin tag`', 'ar plugin --help'],
    ['tag ad @s/n', '`ar plugin tag add`', 'ar plugin tag --help'],
    ['set pu', '`ar plugin set up`', 'ar plugin set --help'],
    ['constructor', undefined, 'ar plugin --help'],
  ])('refuses %j with the nearest there is', (words, suggestion, help) => {
    const error = thrownBy(() => find(words));
    expect(hasCode(error, 'USAGE') && error.facts.suggestion).toBe(suggestion);
    expect(hasCode(error, 'USAGE') && error.facts.help).toBe(help);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
