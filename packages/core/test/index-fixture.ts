/** An index as text, built by tests: valid unless a test changes something. */
import { createHash } from 'node:crypto';
import type {
  Account,
  AdvisoryRecord,
  Dist,
  NormalizedManifest,
  PluginRecord,
  RegistryRecord,
  ScopeRecord,
  StatusRecord,
  VersionRecord,
} from '@ar-registry/schemas';
import type { ChangeInput } from '../src/rules/index.ts';
import { assembleSnapshot, type Snapshot } from '../src/snapshot/index.ts';
import { stringifyRecord } from '../src/yaml/index.ts';

export const ADA: Account = { login: 'ada', id: 1 };
export const EVE: Account = { login: 'eve', id: 666 };

export function hash(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

/** A well-formed integrity string, different for every `seed`. */
export function integrity(seed: string): string {
  const base = Buffer.from(seed).toString('base64').replaceAll('=', '');
  return `sha512-${base.padEnd(86, 'A').slice(0, 85)}A==`;
}

export function manifest(name: string, version: string, rest: object = {}): NormalizedManifest {
  return {
    name,
    version,
    type: 'bridge',
    description: `What ${name} does`,
    author: { name: 'Ada' },
    repository: { type: 'git', url: `https://example.com/${name.slice(1)}` },
    license: 'MIT',
    main: './dist/index.js',
    config: { required: [], optional: [] },
    dependencies: {},
    peerDependencies: {},
    tags: ['chat'],
    category: 'communication',
    permissions: {
      network: [],
      filesystem: { read: [], write: [] },
      childProcess: [],
      nativeAddons: false,
      workers: false,
      codeGeneration: false,
      env: [],
    },
    provides: [],
    ...rest,
  };
}

export const FILES: Dist['files'] = [
  { path: 'LICENSE', size: 10, integrity: integrity('license') },
  { path: 'README.md', size: 20, integrity: integrity('readme') },
  { path: 'ar-plugin.yaml', size: 30, integrity: integrity('manifest') },
  { path: 'dist/index.js', size: 40, integrity: integrity('main') },
];

function dist(name: string, version: string, rest: Partial<Dist> = {}): Dist {
  const own = integrity(`${name}@${version}`);
  return { tarball: `store:${own}`, integrity: own, size: 500, unpackedSize: 100, fileCount: 4, files: FILES, ...rest };
}

export interface VersionOptions extends Partial<Omit<VersionRecord, 'manifest' | 'dist'>> {
  readonly manifest?: object;
  readonly dist?: Partial<Dist>;
}

export function versionRecord(name: string, version: string, options: VersionOptions = {}): VersionRecord {
  const { manifest: changes, dist: distChanges, ...rest } = options;
  return {
    schemaVersion: 1,
    manifest: manifest(name, version, changes),
    dist: dist(name, version, distChanges),
    publishedAt: '2026-01-01T00:00:00Z',
    publishedBy: ADA,
    ...rest,
  };
}

/** All versions of `@acme/audit` before 1.1.0 are not to be loaded. */
export const ADVISORY: AdvisoryRecord = {
  schemaVersion: 1,
  id: 'AR-2026-0001',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Sends tokens to a stranger. Change yours.',
  affected: [
    {
      package: { ecosystem: 'AgentRelay', name: '@acme/audit' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.1.0' }] }],
    },
  ],
  action: 'block-load',
  replacement: '@acme/audit@1.1.0',
};

/** Collects the files of an index. Every method returns the same builder. */
export interface IndexBuilder {
  registry(changes: Partial<RegistryRecord>): IndexBuilder;
  scope(name: string, changes?: Partial<ScopeRecord>): IndexBuilder;
  plugin(name: string, changes?: Partial<PluginRecord>): IndexBuilder;
  version(name: string, version: string, options?: VersionOptions): IndexBuilder;
  status(name: string, changes: Partial<StatusRecord>): IndexBuilder;
  advisory(changes?: Partial<AdvisoryRecord>): IndexBuilder;
  file(path: string, text: string | undefined): IndexBuilder;
  files(): ReadonlyMap<string, string>;
  /** The snapshot; whatever is broken is missing from it. */
  snapshot(): Snapshot;
}

/** An index with the scopes `ar` and `acme` of Ada, and no plugin. */
export function testIndex(from: ReadonlyMap<string, string> = emptyIndex()): IndexBuilder {
  const files = new Map(from);
  const put = (path: string, record: object): IndexBuilder => {
    files.set(path, stringifyRecord(record));
    return builder;
  };
  const builder: IndexBuilder = {
    registry: (changes) => put('registry.yaml', { schemaVersion: 1, name: 'test', title: 'Test', ...changes }),
    scope: (scope, changes) =>
      put(`scopes/${scope}.yaml`, { schemaVersion: 1, scope, level: 'community', owners: [ADA], ...changes }),
    plugin: (name, changes) =>
      put(`plugins/${name}/plugin.yaml`, {
        schemaVersion: 1,
        name,
        owners: [ADA],
        trust: 'community',
        repository: { url: `https://example.com/${name.slice(1)}` },
        ...changes,
      }),
    version: (name, version, options) => {
      if (!files.has(`plugins/${name}/plugin.yaml`)) builder.plugin(name);
      builder.status(name, { distTags: { latest: version } });
      return put(`plugins/${name}/versions/${version}.yaml`, versionRecord(name, version, options));
    },
    status: (name, changes) => put(`plugins/${name}/status.yaml`, { schemaVersion: 1, distTags: {}, ...changes }),
    advisory: (changes = {}) => put(`advisories/${changes.id ?? ADVISORY.id}.yaml`, { ...ADVISORY, ...changes }),
    file: (path, text) => {
      if (text === undefined) files.delete(path);
      else files.set(path, text);
      return builder;
    },
    files: () => new Map(files),
    snapshot: () => snapshotOf(files),
  };
  return builder;
}

export function snapshotOf(files: ReadonlyMap<string, string>): Snapshot {
  const assembled = assembleSnapshot(files);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.findings));
  return assembled.snapshot;
}

function emptyIndex(): ReadonlyMap<string, string> {
  const categories = [{ id: 'communication', title: 'Communication', description: 'Chat' }];
  return new Map([
    ['registry.yaml', stringifyRecord({ schemaVersion: 1, name: 'test', title: 'Test' })],
    ['categories.yaml', stringifyRecord({ schemaVersion: 1, categories })],
    ['scopes/ar.yaml', stringifyRecord({ schemaVersion: 1, scope: 'ar', level: 'official', owners: [ADA] })],
    ['scopes/acme.yaml', stringifyRecord({ schemaVersion: 1, scope: 'acme', level: 'community', owners: [ADA] })],
  ]);
}

/** What a rule sees of the step from `base` to `head`, submitted by Ada at noon of 1 June 2026. */
export function changeOf(base: IndexBuilder, head: IndexBuilder, rest: Partial<ChangeInput> = {}): ChangeInput {
  const [before, after] = [base.files(), head.files()];
  const paths = [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    if (before.get(path) === after.get(path)) return [];
    return [{ path, kind: before.has(path) ? (after.has(path) ? 'modified' : 'deleted') : 'added' } as const];
  });
  return {
    base: { files: before, snapshot: base.snapshot() },
    head: { files: after, snapshot: head.snapshot() },
    paths,
    submitter: ADA,
    nowMs: Date.parse('2026-06-01T12:00:00Z'),
    storePath: 'store',
    ...rest,
  };
}
