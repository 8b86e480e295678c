import { hasCode } from '@ar-registry/core/errors';
import { describe, expect, it } from 'vitest';
import { parseArgs, splitCommand } from './args.ts';
import { defineCommand } from './command.ts';

const sample = defineCommand({
  name: 'sample',
  summary: 'A command to parse for.',
  examples: [],
  options: {
    type: { type: 'string', value: 'TYPE', choices: ['bridge', 'hook'], summary: 'kind' },
    tag: { type: 'string', value: 'TAG', multiple: true, summary: 'tags' },
    limit: { type: 'string', value: 'COUNT', default: '20', summary: 'how many' },
    'dry-run': { type: 'boolean', summary: 'do nothing' },
  },
  positionals: { folder: { summary: 'a folder' }, names: { summary: 'names', optional: true, many: true } },
  run: async () => undefined,
});

describe('values', () => {
  it('are the defaults where nothing is given', () => {
    const { input, globals } = parseArgs(['f'], sample);
    expect(input).toEqual({
      values: expect.objectContaining({ type: undefined, tag: [], limit: '20', 'dry-run': false }),
      args: { folder: 'f', names: [] },
    });
    expect(globals).toMatchObject({ json: false, registry: undefined, yes: false, 'no-color': false });
  });

  it('are taken in any order, in one word or two, also several times', () => {
    const words = ['--type=hook', 'f', '--tag', 'a', 'x', '--json', '--tag=b', '-y', '--dry-run', 'y'];
    const { input, globals } = parseArgs(words, sample);
    expect(input.values).toMatchObject({ type: 'hook', tag: ['a', 'b'], 'dry-run': true });
    expect(input.args).toEqual({ folder: 'f', names: ['x', 'y'] });
    expect(globals).toMatchObject({ json: true, yes: true });
  });

  it('may start with a dash in one word with their option, and after two dashes', () => {
    const { input } = parseArgs(['--limit=-5', '--', '--json'], sample);
    expect(input.values).toMatchObject({ limit: '-5' });
    expect(input.args).toEqual({ folder: '--json', names: [] });
  });
});

describe('mistakes', () => {
  it.each([
    ['an unknown option', ['f', '--typ', 'hook'], '`--type`'],
    ['an unknown option that resembles none', ['f', '--zzzzzzzz'], undefined],
    ['an unknown letter', ['f', '-q'], undefined],
    ['a name that every object has', ['f', '--constructor'], undefined],
    ['a choice that there is not', ['f', '--type', 'hok'], '`--type hook`'],
    ['a missing value', ['f', '--type'], undefined],
    ['an empty value', ['f', '--type='], undefined],
    ['a value that is an option', ['f', '--limit', '--json'], '`--limit=--json`'],
    ['a value for a flag', ['f', '--dry-run=yes'], undefined],
    ['a missing argument', [], undefined],
  ])('are told: %s', (_what, words, suggestion) => {
    const error = thrownBy(() => parseArgs(words, sample));
    expect(hasCode(error, 'USAGE') && error.facts).toMatchObject({ help: 'ar plugin sample --help' });
    expect(hasCode(error, 'USAGE') && error.facts.suggestion).toBe(suggestion);
  });

  it('are told: one argument too many', () => {
    const single = { ...sample, positionals: { folder: { summary: 'a folder' } } };
    expect(
      hasCode(
        thrownBy(() => parseArgs(['a', 'b'], single)),
        'USAGE',
      ),
    ).toBe(true);
  });

  it('are told: an option that must be given', () => {
    const options = { type: { ...sample.options.type, required: true } } as const;
    expect(
      hasCode(
        thrownBy(() => parseArgs(['f'], { ...sample, options })),
        'USAGE',
      ),
    ).toBe(true);
    expect(parseArgs(['--help'], { ...sample, options }).globals.help).toBe(true);
  });

  it('in the arguments do not keep help from being shown', () => {
    expect(parseArgs(['--help'], sample).globals.help).toBe(true);
    expect(parseArgs(['a', 'b', 'c', '-h'], sample).globals.help).toBe(true);
  });
});

describe('words for another program', () => {
  const passing = defineCommand({
    name: 'passing',
    summary: 'A command that runs another.',
    examples: [],
    options: { 'dry-run': { type: 'boolean', summary: 'do nothing' } },
    positionals: { args: { summary: 'its arguments', optional: true, many: true } },
    passesOn: true,
    run: async () => undefined,
  });

  it.each([
    [[], []],
    [
      ['--port', '4000', '--no-x', '-q', 'word'],
      ['--port', '4000', '--no-x', '-q', 'word'],
    ],
    [
      ['--port=4000', '--dry-run', 'x', '--project', 'p', '--json'],
      ['--port=4000', 'x'],
    ],
    [
      ['-x', '--project=p', '--', '--dry-run', '--', '--help'],
      ['-x', '--dry-run', '--', '--help'],
    ],
  ])('are, of %j, %j', (words, passed) => {
    expect(parseArgs(words, passing).input.args).toEqual({ args: passed });
  });

  it('do not hide our own', () => {
    const { input, globals } = parseArgs(['--x', '--dry-run', '--project', 'p', 'y'], passing);
    expect([input.values, globals.project]).toEqual([{ ...input.values, 'dry-run': true }, 'p']);
    expect(parseArgs(['--x', '-h'], passing).globals.help).toBe(true);
    expect(thrownBy(() => parseArgs(['--dry-run=x'], passing))).toMatchObject({ code: 'USAGE' });
    expect(thrownBy(() => parseArgs(['--project'], passing))).toMatchObject({ code: 'USAGE' });
  });
});

describe('the name of the command', () => {
  it.each([
    [['install', '@s/n'], 'install', ['@s/n']],
    [['--json', 'install', '@s/n'], 'install', ['--json', '@s/n']],
    [['--registry', 'http://x', 'install', '-y'], 'install', ['--registry', 'http://x', '-y']],
    [['--registry=http://x', 'install'], 'install', ['--registry=http://x']],
    [['--json'], undefined, ['--json']],
    [[], undefined, []],
  ])('is found in %j', (words, name, rest) => {
    expect(splitCommand(words)).toEqual({ name, rest });
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
