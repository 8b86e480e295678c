import { stringifyRecord } from '@ar-registry/core/yaml';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { checkSubmission } from './check-submission.ts';
import type { IndexState } from '../propose/index.ts';
import { type Offer, planSubmission } from './plan-submission.ts';

const ADA = { login: 'ada', id: 1 };
const BOB = { login: 'bob', id: 2 };

describe('a new plugin in a new scope', () => {
  it('brings the plugin, its status and its scope, all of the publisher and none with trust', () => {
    const { records, archive, distTags } = planSubmission(state({}), offer());
    expect([...records.keys()]).toEqual([
      'plugins/@acme/hello/versions/1.0.0.yaml',
      'plugins/@acme/hello/status.yaml',
      'plugins/@acme/hello/plugin.yaml',
      'scopes/acme.yaml',
    ]);
    expect(records.get('plugins/@acme/hello/plugin.yaml')).toContain('trust: community');
    expect(archive).toMatch(/^store\/sha512\/[0-9a-f]{2}\/[0-9a-f]{126}\.tgz$/);
    expect(distTags).toEqual({ latest: '1.0.0' });
  });

  it('asks for a review and has no error', () => {
    expect(errors(state({}), offer())).toEqual([]);
    expect(codes(state({}), offer())).toContain('REVIEW_REQUIRED');
  });

  it('is refused under a scope that is reserved', () => {
    expect(errors(state({}), offer({ name: '@ar/hello' }))).toEqual(['SCOPE_RESERVED']);
  });

  it('is refused under a scope that looks like another', () => {
    expect(errors(state({ scopes: ['acrne'] }), offer())).toEqual(['NAME_LOOKALIKE']);
  });

  it('keeps its archives where the registry says', () => {
    const { archive } = planSubmission(state({ store: './archives/' }), offer());
    expect(archive).toMatch(/^archives\/sha512\//);
    expect(errors(state({ store: './archives/' }), offer())).toEqual([]);
  });
});

describe('a new plugin in a scope that exists', () => {
  it('has the level of the scope if the publisher owns it', () => {
    const { records } = planSubmission(state({ scope: { level: 'official', owners: [ADA] } }), offer());
    expect(records.get('plugins/@acme/hello/plugin.yaml')).toContain('trust: official');
    expect(errors(state({ scope: { level: 'official', owners: [ADA] } }), offer())).toEqual([]);
  });

  it('is refused from anybody else, whatever he is called', () => {
    const owned = state({ scope: { level: 'community', owners: [{ login: 'ada', id: 3 }] } });
    expect(errors(owned, offer())).toEqual(['NOT_OWNER']);
  });

  it('is refused with a name that looks like another', () => {
    const owned = state({ scope: { level: 'community', owners: [ADA] }, plugins: ['@acme/he11o'] });
    expect(errors(owned, offer())).toEqual(['NAME_LOOKALIKE']);
  });
});

describe('a further version', () => {
  const published = submitted(state({}), offer());

  it('adds its record and moves the dist-tag, and changes nothing else', () => {
    const plan = planSubmission(published, offer({ version: '1.1.0' }));
    expect([...plan.records.keys()]).toEqual([
      'plugins/@acme/hello/versions/1.1.0.yaml',
      'plugins/@acme/hello/status.yaml',
    ]);
    expect(errors(published, offer({ version: '1.1.0' }))).toEqual([]);
  });

  it('keeps what status.yaml says besides', () => {
    const status = { schemaVersion: 1, distTags: { latest: '1.0.0' }, yanked: { '1.0.0': 'broken' } } as const;
    const { records } = planSubmission({ ...published, status }, offer({ version: '1.1.0' }));
    expect(records.get('plugins/@acme/hello/status.yaml')).toContain('broken');
  });

  it('is refused from somebody who does not own the plugin', () => {
    expect(errors(published, { ...offer({ version: '1.1.0' }), publisher: BOB })).toEqual(['NOT_OWNER']);
  });

  it('is refused where it is not higher than the others of its line', () => {
    expect(errors(published, offer({ version: '1.0.0-rc.1' }))).toEqual(['VERSION_NOT_HIGHER']);
  });

  it('asks for a review where it may do more', () => {
    const permissions = { ...MANIFEST.permissions, childProcess: ['git'] };
    expect(codes(published, offer({ version: '1.1.0', permissions }))).toEqual(['REVIEW_REQUIRED']);
    expect(codes(published, offer({ version: '1.1.0' }))).toEqual([]);
  });

  it('is not blamed for what was broken before', () => {
    const broken = new Map(published.files).set('plugins/@acme/hello/versions/0.9.0.yaml', 'nonsense: true\n');
    expect(errors({ ...published, files: broken }, offer({ version: '1.1.0' }))).toEqual([]);
  });
});

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;

const MANIFEST: NormalizedManifest = {
  name: '@acme/hello',
  version: '1.0.0',
  type: 'hook',
  description: 'Greets those who connect',
  author: { name: 'Acme' },
  repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
  license: 'MIT',
  main: './dist/index.js',
  config: { required: [], optional: [] },
  dependencies: {},
  peerDependencies: {},
  tags: [],
  permissions: {
    network: [],
    filesystem: { read: [], write: [] },
    childProcess: [],
    nativeAddons: false,
    workers: false,
    codeGeneration: false,
    env: [],
  },
  hooks: {},
  outputs: [],
};

function offer(manifest: Partial<NormalizedManifest> = {}): Offer {
  return {
    manifest: { ...MANIFEST, ...manifest } as NormalizedManifest,
    dist: { tarball: `store:${INTEGRITY}`, integrity: INTEGRITY, size: 1, unpackedSize: 1, fileCount: 1, files: [] },
    publisher: ADA,
    publishedAt: '2026-01-01T00:00:00Z',
  };
}

interface Around {
  readonly scope?: Pick<NonNullable<IndexState['scope']>, 'level' | 'owners'>;
  readonly scopes?: readonly string[];
  readonly plugins?: readonly string[];
  readonly store?: string;
}

function state({ scope, scopes = [], plugins = [], store }: Around): IndexState {
  const registry = {
    schemaVersion: 1,
    name: 'test',
    title: 'Test',
    ...(store === undefined ? {} : { store }),
  } as const;
  const record = scope && ({ schemaVersion: 1, scope: 'acme', ...scope } as const);
  const files = new Map([['registry.yaml', stringifyRecord(registry)]]);
  if (record) files.set('scopes/acme.yaml', stringifyRecord(record));
  return {
    prefix: '',
    files,
    registry,
    scope: record,
    plugin: undefined,
    status: undefined,
    versions: [],
    plugins,
    scopes: [...scopes, ...(record ? ['acme'] : [])],
  };
}

/** The index once a submission was accepted. */
function submitted(before: IndexState, first: Offer): IndexState {
  const { records, distTags } = planSubmission(before, first);
  const { name, version, repository } = first.manifest;
  return {
    ...before,
    files: new Map([...before.files, ...records]),
    scope: { schemaVersion: 1, scope: 'acme', level: 'community', owners: [first.publisher] },
    plugin: {
      schemaVersion: 1,
      name,
      owners: [first.publisher],
      trust: 'community',
      repository: { url: repository.url },
    },
    status: { schemaVersion: 1, distTags },
    versions: [version],
    plugins: [name],
    scopes: ['acme'],
  };
}

function codes(index: IndexState, offered: Offer): readonly string[] {
  return checkSubmission(index, offered, planSubmission(index, offered)).map(({ code }) => code);
}

function errors(index: IndexState, offered: Offer): readonly string[] {
  return codes(index, offered).filter((code) => code !== 'REVIEW_REQUIRED');
}
