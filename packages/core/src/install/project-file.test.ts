import type { ProjectFile } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { editProjectFile, parseProjectFile, type WantedPlugin } from './index.ts';

const HELLO: WantedPlugin = { range: '^1.0.0', enabled: true };
const set = (text: string, changes: Readonly<Record<string, WantedPlugin | undefined>>): string =>
  editProjectFile(text, new Map(Object.entries(changes)));

function refusal(text: string): string | undefined {
  try {
    parseProjectFile(text, 'ar-plugins.yaml');
    return undefined;
  } catch (error) {
    if (hasCode(error, 'FILE_INVALID')) return error.facts.problem;
    throw error;
  }
}

const FILE = `# our plugins
schemaVersion: 1
registries:
  default: { url: "https://registry.example" } # the public one
plugins:
  # writes what was said
  "@acme/audit":
    range: ^2.0.0 # 3 breaks our dashboards
    enabled: false
    config:
      path: ./logs # beside the sources
    permissions:
      network: []

  # the rest
  "@acme/chat":
    range: "*"
    enabled: true
`;

describe('parseProjectFile', () => {
  it.each([
    ['FILE_TOO_NEW', 'schemaVersion: 2\nplugins: {}'],
    ['FILE_MERGE_CONFLICT', `schemaVersion: 1\n<<<<<<< HEAD\nplugins: {}\n=======\nplugins:\n>>>>>>> theirs\n`],
  ])('refuses with %s what it must not touch', (code, text) => {
    expect(() => parseProjectFile(text, 'x')).toThrow(expect.objectContaining({ code }));
  });

  it('takes an empty file and no file for a project that wants nothing', () => {
    for (const text of ['', ' \n', '\n\n'])
      expect(parseProjectFile(text, 'x')).toEqual({ schemaVersion: 1, plugins: {} });
  });

  it('reads plugins, registries, configuration and permissions', () => {
    expect(parseProjectFile(FILE, 'x').plugins['@acme/audit']).toMatchObject({
      range: '^2.0.0',
      enabled: false,
      config: { path: './logs' },
    });
  });

  it.each([
    ['# only a comment', undefined],
    ['- a', undefined],
    ['schemaVersion: 0\nplugins: {}', 1],
    ['schemaVersion: 1\nplugins: {}\nplugin: {}', 3],
    ['schemaVersion: 1\nplugins:\n  hello: {enabled: true}', 3],
    ['schemaVersion: 1\nplugins:\n  "@acme/hello":\n    enabled: yes', 4],
    ['schemaVersion: 1\nplugins:\n  "@acme/hello": {enabled: true, range: [1]}', 3],
    ['schemaVersion: 1\nplugins: &x {}\nregistries: *x', 3],
    ['schemaVersion: 1\nplugins: {}\n__proto__: {}', 3],
    ['schemaVersion: 1\nplugins: {__proto__: {enabled: true}}', 2],
    ['a: [', 1],
  ])('refuses %j and names the line', (text, line) => {
    expect(refusal(text)).toMatch(line === undefined ? /./ : new RegExp(`\\(line ${line}\\)$`));
  });

  it('reads or refuses, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(refusal(text)).not.toBe('');
      }),
    );
  });
});

describe('editProjectFile', () => {
  it('starts a new file with a comment, and a line for each key', () => {
    expect(set('', { '@acme/hello': HELLO })).toMatch(
      /^# .*\nschemaVersion: 1\nplugins:\n {2}"@acme\/hello":\n {4}range: \^1\.0\.0\n {4}enabled: true\n$/,
    );
  });

  it('keeps every comment and value that it is not asked to change', () => {
    const edited = set(FILE, {
      '@acme/audit': { range: '^2.1.0', enabled: false, config: { path: './logs' }, permissions: { network: [] } },
    });
    expect(edited).toBe(FILE.replace('^2.0.0', '^2.1.0'));
  });

  it('changes nothing where nothing changes, but the spelling of white space', () => {
    expect(set(FILE, {})).toBe(FILE);
  });

  it('removes a plugin, and leaves the others as they are', () => {
    const edited = set(FILE, { '@acme/chat': undefined });
    expect(Object.keys(parseProjectFile(edited, 'x').plugins)).toEqual(['@acme/audit']);
    expect(edited).toContain('# 3 breaks our dashboards');
  });

  it('removes what is not there without a word', () => {
    expect(set(FILE, { '@acme/ghost': undefined })).toBe(FILE);
  });

  it('removes a key that is gone', () => {
    const edited = set(FILE, { '@acme/audit': { range: '^2.0.0', enabled: false } });
    expect(parseProjectFile(edited, 'x').plugins['@acme/audit']).toEqual({ range: '^2.0.0', enabled: false });
  });

  it('goes on with one key a line after the last plugin was removed', () => {
    const empty = set(set('', { '@acme/hello': HELLO }), { '@acme/hello': undefined });
    expect(empty).toContain('plugins: {}');
    expect(set(empty, { '@acme/hello': HELLO })).toContain('\n  "@acme/hello":\n    range: ^1.0.0\n');
  });

  it('reads the line ends of Windows', () => {
    const edited = set(FILE.replaceAll('\n', '\r\n'), { '@acme/hello': HELLO });
    expect(Object.keys(parseProjectFile(edited, 'x').plugins)).toEqual(['@acme/audit', '@acme/chat', '@acme/hello']);
    expect(edited).toContain('# 3 breaks our dashboards');
  });

  it('means afterwards exactly what was asked for', () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/);
    const name = fc.constantFrom('@a/a', '@b/b', '@c/c');
    const wanted: fc.Arbitrary<WantedPlugin> = fc.record(
      {
        range: fc.constantFrom('1', '^2.0.0', '*', '1.0'),
        enabled: fc.boolean(),
        config: fc.dictionary(
          word,
          fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string())),
        ),
      },
      { requiredKeys: ['enabled'] },
    );
    const start = fc.dictionary(name, wanted).map((plugins): ProjectFile => ({ schemaVersion: 1, plugins }));
    fc.assert(
      fc.property(start, fc.dictionary(name, fc.option(wanted, { nil: undefined })), (before, changes) => {
        const edited = set(stringifyRecord(before), changes);
        const expected = Object.fromEntries(
          Object.entries({ ...before.plugins, ...changes }).filter(([, value]) => value !== undefined),
        );
        expect(parseProjectFile(edited, 'x').plugins).toEqual(expected);
        expect(set(edited, changes)).toBe(edited);
      }),
    );
  });
});
