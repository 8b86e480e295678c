import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validator as isEntry } from '@ar-registry/schemas/validators/trust/log-entry';
import { entriesOf, entryBytes, isLogged, parseEntry, type ChangedText } from './index.ts';

const AT = { commit: 'a'.repeat(40), at: '2026-11-01T00:00:00Z' };
const text = (content: string): ChangedText => ({ text: content, hash: spread(content) });

/** As long as a SHA-256, and different for different texts. */
function spread(content: string): string {
  let hash = 7;
  for (const character of content) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash.toString(16).padStart(64, '0');
}

function derive(file: string, before: string | undefined, after: string | undefined) {
  const change = {
    file,
    ...(before === undefined ? {} : { before: text(before) }),
    ...(after === undefined ? {} : { after: text(after) }),
  };
  return entriesOf({ ...AT, changes: [change] }).map(
    ({ schemaVersion: _1, at: _2, commit: _3, file: _4, record: _5, ...rest }) => rest,
  );
}

const PLUGIN = 'plugins/@acme/hello/plugin.yaml';
const STATUS = 'plugins/@acme/hello/status.yaml';
const VERSION = 'plugins/@acme/hello/versions/1.0.0.yaml';
const plugin = (trust: string, ...ids: readonly number[]): string =>
  `owners: [${ids.map((id) => `{login: u${id}, id: ${id}}`).join(', ')}]\ntrust: ${trust}\nrepository: {url: https://example.com/hello}\n`;

describe('a version', () => {
  const subject = { plugin: '@acme/hello', version: '1.0.0' };

  it('is published, and what nobody may do with it is there to be seen', () => {
    const record = 'dist: {integrity: sha512-aa}';
    expect(derive(VERSION, undefined, record)).toEqual([{ kind: 'publish', ...subject, integrity: 'sha512-aa' }]);
    expect(derive(VERSION, record, 'dist: {integrity: sha512-bb}')).toEqual([
      { kind: 'amend', ...subject, integrity: 'sha512-bb' },
    ]);
    expect(derive(VERSION, record, undefined)).toEqual([{ kind: 'withdraw', ...subject }]);
    expect(derive(VERSION, record, record)).toEqual([]);
  });

  it('that cannot be read is logged as such', () => {
    expect(derive(VERSION, undefined, 'a: [')).toEqual([{ kind: 'unreadable', ...subject }]);
    expect(derive(VERSION, undefined, 'just text')).toEqual([{ kind: 'unreadable', ...subject }]);
    expect(derive(VERSION, undefined, 'dist: 7')).toEqual([{ kind: 'publish', ...subject }]);
  });
});

describe('what an owner says of versions', () => {
  it('is one entry for each change, and none for what stays', () => {
    const before = 'distTags: {latest: 1.0.0, beta: 2.0.0}\nyanked: {0.9.0: broken}\n';
    const after = 'distTags: {latest: 1.1.0}\ndeprecated: {1.0.0: old}\nyanked: {0.9.0: broken, 0.8.0: leaks}\n';
    const subject = { plugin: '@acme/hello' };
    expect(derive(STATUS, before, after)).toEqual([
      { kind: 'deprecate', ...subject, version: '1.0.0', reason: 'old' },
      { kind: 'yank', ...subject, version: '0.8.0', reason: 'leaks' },
      { kind: 'tag', ...subject, tag: 'beta' },
      { kind: 'tag', ...subject, tag: 'latest', version: '1.1.0' },
    ]);
    expect(derive(STATUS, after, before)).toMatchObject([
      { kind: 'undeprecate', version: '1.0.0' },
      { kind: 'unyank', version: '0.8.0' },
      { kind: 'tag', tag: 'beta', version: '2.0.0' },
      { kind: 'tag', tag: 'latest', version: '1.0.0' },
    ]);
  });

  it('is taken back where its file is gone', () => {
    expect(derive(STATUS, 'yanked: {1.0.0: broken}', undefined)).toEqual([
      { kind: 'unyank', plugin: '@acme/hello', version: '1.0.0' },
    ]);
  });
});

describe('owners and trust', () => {
  it('of a plugin are entries when they change, and when it is new', () => {
    expect(derive(PLUGIN, undefined, plugin('community', 1))).toEqual([
      { kind: 'owners', plugin: '@acme/hello', owners: [{ login: 'u1', id: 1 }] },
      { kind: 'trust', plugin: '@acme/hello', trust: 'community' },
      { kind: 'repository', plugin: '@acme/hello', repository: 'https://example.com/hello' },
    ]);
    expect(derive(PLUGIN, plugin('community', 1), plugin('verified', 1))).toEqual([
      { kind: 'trust', plugin: '@acme/hello', trust: 'verified' },
    ]);
    expect(derive(PLUGIN, plugin('community', 1), plugin('community', 1, 2))).toMatchObject([{ kind: 'owners' }]);
    expect(derive(PLUGIN, plugin('community', 1), `${plugin('community', 1)}featured: true\n`)).toMatchObject([
      { kind: 'plugin' },
    ]);
    expect(derive(PLUGIN, plugin('community', 1), undefined)).toMatchObject([{ kind: 'plugin-removed' }]);
  });

  it('of a scope as well', () => {
    expect(derive('scopes/acme.yaml', undefined, 'level: verified\nowners: [{login: a, id: 1}]')).toEqual([
      { kind: 'scope', scope: 'acme', trust: 'verified', owners: [{ login: 'a', id: 1 }] },
    ]);
    expect(derive('scopes/acme.yaml', 'level: verified', undefined)).toEqual([
      { kind: 'scope-removed', scope: 'acme' },
    ]);
  });
});

it('an advisory tells what it does, to which plugin, and why', () => {
  const advisory = 'summary: Steals.\naction: block-load\naffected: [{package: {name: "@acme/hello"}}]\n';
  expect(derive('advisories/AR-2026-0001.yaml', undefined, advisory)).toEqual([
    { kind: 'advisory', advisory: 'AR-2026-0001', action: 'block-load', plugin: '@acme/hello', reason: 'Steals.' },
  ]);
  expect(derive('advisories/AR-2026-0001.yaml', advisory, undefined)).toEqual([
    { kind: 'advisory-removed', advisory: 'AR-2026-0001' },
  ]);
});

it('keys and settings are logged, archives, statistics and other files are not', () => {
  expect(derive('trust/2.root.json', undefined, '{}')).toEqual([{ kind: 'keys', root: 2 }]);
  expect(derive('registry.yaml', 'name: a', 'name: b')).toEqual([{ kind: 'settings' }]);
  for (const file of ['store/sha512/aa/x.tgz', 'stats/daily/2026-11-01.json', 'README.md', 'trust/1.targets.json'])
    expect([file, isLogged(file)]).toEqual([file, false]);
});

it('entries come in the order of their files, whichever order these were given in', () => {
  const changes = [STATUS, VERSION, PLUGIN, 'scopes/acme.yaml'].map((file) => ({ file, after: text('owners: []') }));
  const files = (order: typeof changes) => entriesOf({ ...AT, changes: order }).map(({ file }) => file);
  expect(files(changes.toReversed())).toEqual(files(changes));
  expect(files(changes)).toEqual([PLUGIN, VERSION, 'scopes/acme.yaml'].toSorted());
});

describe('the bytes of an entry', () => {
  it('are canonical JSON, and the only form that is taken', () => {
    const [entry] = entriesOf({ ...AT, changes: [{ file: 'registry.yaml', after: text('name: a') }] });
    if (!entry) throw new Error('There is no entry.');
    const bytes = entryBytes(entry);
    expect(new TextDecoder().decode(bytes)).toMatch(
      /^\{"at":"2026-11-01T00:00:00Z","commit":"a{40}","file":"registry\.yaml","kind":"settings",/,
    );
    expect(parseEntry(bytes)).toEqual(entry);
    const spaced = new TextEncoder().encode(JSON.stringify(entry, undefined, 1));
    for (const other of [spaced, new Uint8Array([0xff]), new TextEncoder().encode('{}')])
      expect(parseEntry(other)).toBeUndefined();
  });

  it('fit their schema and their bundle, whatever a record says', () => {
    const value = fc.oneof(fc.string({ size: 'large' }), fc.integer(), fc.jsonValue());
    const record = fc.record({
      owners: fc.array(fc.jsonValue(), { maxLength: 80 }),
      trust: value,
      level: value,
      summary: value,
      distTags: fc.dictionary(fc.string(), value),
      yanked: fc.dictionary(fc.string(), value),
      dist: fc.record({ integrity: value }),
    });
    const file = fc.constantFrom(PLUGIN, STATUS, VERSION, 'scopes/acme.yaml', 'advisories/AR-2026-0001.yaml');
    fc.assert(
      fc.property(file, fc.option(record, { nil: undefined }), record, (name, before, after) => {
        const changes = [
          {
            file: name,
            ...(before ? { before: text(JSON.stringify(before)) } : {}),
            after: text(JSON.stringify(after)),
          },
        ];
        for (const entry of entriesOf({ ...AT, changes })) {
          const bytes = entryBytes(entry);
          expect(isEntry(JSON.parse(new TextDecoder().decode(bytes))).ok).toBe(true);
          expect(bytes.length).toBeLessThan(65_536);
          expect(parseEntry(bytes)).toEqual(JSON.parse(new TextDecoder().decode(bytes)));
        }
      }),
    );
  });
});
