/** An index that changes at random between builds, and what builds make of it. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeltaLimits } from '@ar-registry/core/delta';
import { SHARD_LIMITS } from '@ar-registry/core/search';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { commitFiles } from '@ar-registry/io/git';
import * as fc from 'fast-check';
import type { BuildInput, BuildOutcome } from '../src/stages/build/build-input.ts';
import { build } from '../src/stages/build/index.ts';
import { ADA, INDEX_FILES, testRegistry, type TestRegistry } from './registry-fixture.ts';

type Content = Uint8Array | string | null;

const AUTHOR = { name: 'Test', email: 'test@example.com', atMs: Date.parse('2026-06-01T12:00:00Z') };
/** So small that a few plugins have long lists, several shards and pages. */
export const SEARCH = {
  from: 3,
  limits: { ...SHARD_LIMITS, wholeList: 3, headLength: 2, shardBytes: [300, 600], documentsInShard: 2 } as const,
};
/** So few that documents are in bins, or come to be. */
export const DELTA = { inHead: 2, inIndex: 4, inWhole: 6 } as const;
/** Where it is served. */
export const BASE_URL = 'https://registry.example.com';

/** Plugins that there may be. */
export const NAMES = [
  '@acme/alpha',
  '@acme/beta',
  '@acme/betamax',
  '@ar/slack-bridge',
  '@ops/log',
  '@ops/zebra',
] as const;
const REMOVED = { reason: 'Not about the plugin.', at: '2026-06-02T00:00:00Z' };
const VERSIONS = ['1.0.0', '1.1.0', '2.0.0-rc.1'] as const;
type Name = (typeof NAMES)[number];

/** What is in every index. */
export const SHARED: Readonly<Record<string, string>> = {
  ...INDEX_FILES,
  'registry.yaml': stringifyRecord({ schemaVersion: 1, name: 'test', title: 'Test registry', pageSize: 2 }),
  'scopes/ops.yaml': stringifyRecord({ schemaVersion: 1, scope: 'ops', level: 'community', owners: [ADA] }),
  'stats/downloads.json': `${JSON.stringify({ schemaVersion: 1, downloads: { '@acme/beta': 40, '@ops/log': 7 } })}\n`,
};

/** Versions that can be published, packed once: path → content by plugin and version. */
export async function packAll(
  registry: TestRegistry,
  names: readonly Name[] = NAMES,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Content>>> {
  const packed = new Map<string, ReadonlyMap<string, Content>>();
  for (const [at, plugin] of names.entries())
    for (const [more, number] of VERSIONS.entries()) {
      const manifest = {
        description: `What ${plugin} does with ${['queues', 'slack', 'logs'][(at + more) % 3] ?? ''} since ${number}`,
        tags: [['chat'], ['chat', 'logs'], []][(at + more) % 3] ?? [],
        ...(at % 2 === 0 ? { category: 'communication' } : { category: ['ai', 'data'][more % 2] ?? 'ai' }),
      };
      // Neither in the order of names, nor in that of versions.
      const month = 1 + ((5 * NAMES.indexOf(plugin) + 2 * more) % 6);
      const publishedAt = `2026-0${month}-1${more}T00:00:00Z`;
      packed.set(`${plugin}@${number}`, await registry.submission(plugin, number, { manifest, publishedAt }));
    }
  return packed;
}

/** An index that changes. */
export interface World {
  readonly files: Map<string, Content>;
  readonly packed: ReadonlyMap<string, ReadonlyMap<string, Content>>;
}

type Step = (world: World) => void;

function put(path: string, record: object): Step {
  return ({ files }) => void files.set(path, stringifyRecord(record));
}

/** Deletes what is of a path. */
export function remove(pattern: RegExp): Step {
  return ({ files }) => {
    for (const path of files.keys()) if (pattern.test(path)) files.delete(path);
  };
}

const name = fc.constantFrom(...NAMES);
const version = fc.constantFrom(...VERSIONS);

/** Adds a version, and the plugin with its first. */
export function publish(plugin: Name, number: string): Step {
  return ({ files, packed }) => {
    for (const [path, content] of packed.get(`${plugin}@${number}`) ?? [])
      if (!/\/(?:plugin|status)\.yaml$/.test(path) || !files.has(path)) files.set(path, content);
  };
}

/** Replaces a record that is there. */
function edit(path: string, record: object): Step {
  return (world) => {
    if (world.files.has(path)) put(path, record)(world);
  };
}

export function pluginRecord(plugin: Name, changes: object): object {
  const repository = { url: `https://example.com/${plugin.slice(1)}` };
  return { schemaVersion: 1, name: plugin, owners: [ADA], trust: 'community', repository, ...changes };
}

/** Another name, or its own one again. */
export function rename(plugin: Name, renamedTo?: Name): Step {
  return edit(`plugins/${plugin}/plugin.yaml`, pluginRecord(plugin, renamedTo === undefined ? {} : { renamedTo }));
}

/** The owner withdraws all that was published of it here. */
export function withdraw(plugin: Name, number: string): Step {
  const record = { schemaVersion: 1, distTags: {}, yanked: { [number]: 'It is broken.' } };
  return edit(`plugins/${plugin}/status.yaml`, record);
}

/** @param changes of one that refuses installs */
export function advisory(plugin: Name, changes: object): object {
  return {
    schemaVersion: 1,
    id: 'AR-2026-0001',
    modified: '2026-05-01T00:00:00Z',
    published: '2026-05-01T00:00:00Z',
    summary: 'It tells secrets.',
    details: 'It tells secrets.',
    affected: [{ package: { ecosystem: 'AgentRelay', name: plugin }, versions: ['1.0.0'] }],
    action: 'block-install',
    ...changes,
  };
}

/** A version that is there, as it might have been published. */
function rewrite(change: {
  readonly plugin: Name;
  readonly number: string;
  readonly publishedAt: string;
  readonly description: string;
  readonly tag: string;
}): Step {
  const { plugin, number, publishedAt, description, tag } = change;
  const path = `plugins/${plugin}/versions/${number}.yaml`;
  return ({ files, packed }) => {
    const content = packed.get(`${plugin}@${number}`)?.get(path);
    if (!files.has(path) || content === undefined || content === null) return;
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    files.set(
      path,
      text
        .replace(/^publishedAt: .*$/m, `publishedAt: "${publishedAt}"`)
        .replace(/^( *)description: .*$/m, `$1description: "${description}"`)
        .replace(/^( *- )"?chat"?$/m, `$1"${tag}"`),
    );
  };
}

/** What may happen to an index between two builds. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, version).map(([plugin, number]) => publish(plugin, number)) },
  fc.tuple(name, version).map(([plugin, number]) => remove(new RegExp(`^plugins/${plugin}/versions/${number}`))),
  name.map((plugin) => remove(new RegExp(`^(?:plugins|reviews)/${plugin}/`))),
  fc
    .record({ plugin: name, latest: version, yanked: version, other: fc.constantFrom('yanked', 'deprecated') })
    .map(({ plugin, latest, yanked, other }) =>
      edit(`plugins/${plugin}/status.yaml`, {
        schemaVersion: 1,
        distTags: { latest },
        [other]: { [yanked]: 'It is broken.' },
      }),
    ),
  fc
    .tuple(
      name,
      fc.constantFrom(
        {},
        { featured: true },
        { aliases: ['@old/thing'] },
        { renamedTo: '@acme/alpha' },
        { owners: [{ login: 'grace', id: 2 }] },
        { repository: { url: 'https://example.com/moved' } },
      ),
    )
    .map(([plugin, changes]) => edit(`plugins/${plugin}/plugin.yaml`, pluginRecord(plugin, changes))),
  fc
    .tuple(fc.constantFrom('acme', 'ops'), fc.constantFrom('community', 'verified', 'official'))
    .map(([scope, level]) => put(`scopes/${scope}.yaml`, { schemaVersion: 1, scope, level, owners: [ADA] })),
  fc.constantFrom('acme', 'ops').map((scope) => remove(new RegExp(`^scopes/${scope}`))),
  fc
    .tuple(
      name,
      fc.constantFrom({}, { action: 'warn' }, { action: 'block-load' }, { withdrawn: '2026-05-02T00:00:00Z' }),
    )
    .map(([plugin, changes]) => put('advisories/AR-2026-0001.yaml', advisory(plugin, changes))),
  // All of it withdrawn, its name given away, and what was so undone.
  fc.tuple(name, version).map(([plugin, number]) => withdraw(plugin, number)),
  fc.tuple(name, fc.option(name, { nil: undefined })).map(([plugin, to]) => rename(plugin, to)),
  // Dated otherwise, as a first version that came out before all others; and with other words, tags, another category.
  fc
    .record({
      plugin: name,
      number: version,
      publishedAt: fc.constantFrom('2020-01-01T00:00:00Z', '2026-03-12T00:00:00Z', '2026-12-31T00:00:00Z'),
      description: fc.constantFrom('Queues', 'What slack does with logs', 'queues slack logs since', '日本語の説明'),
      tag: fc.constantFrom('chat', 'logs', 'rare'),
    })
    .map(rewrite),
  fc.constant(remove(/^advisories\//)),
  fc
    .tuple(name, fc.integer({ min: 1, max: 5 }), fc.constantFrom({}, { removed: REMOVED }))
    .map(([plugin, stars, changes]) =>
      put(`reviews/${plugin}/ada.yaml`, {
        schemaVersion: 1,
        version: '1.0.0',
        author: ADA,
        stars,
        writtenAt: '2026-06-01T00:00:00Z',
        ...changes,
      }),
    ),
  fc
    .constantFrom('ai', 'data')
    .map((id) => put('categories.yaml', { schemaVersion: 1, categories: [{ id, title: id, description: 'Another' }] })),
  name.map(
    (plugin): Step =>
      ({ files }) =>
        void files.set(`plugins/${plugin}/versions/1.0.0.yaml`, '{ no record'),
  ),
  name.map(
    (plugin): Step =>
      ({ files }) =>
        void files.set(`plugins/${plugin}/notes.txt`, 'odd'),
  ),
  fc.constant(remove(/^plugins\/[^/]+\/[^/]+\/notes/)),
  fc.nat({ max: 9 }).map((count): Step => ({ files }) => {
    files.set('stats/downloads.json', JSON.stringify({ schemaVersion: 1, downloads: { '@acme/alpha': count } }));
  }),
);

/** Path → content of everything that is served. */
export async function contentOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const served = files.map((file) => file.slice(folder.length + 1)).filter((file) => !file.startsWith('.'));
  return new Map(
    await Promise.all(
      served.toSorted().map(async (file) => [file, await readFile(join(folder, file), 'latin1')] as const),
    ),
  );
}

/** Commits the files as they are, whatever was there before. */
export async function commitAll(registry: TestRegistry, files: ReadonlyMap<string, Content>): Promise<string> {
  const listed = (await registry.git('ls-tree', '-r', '--name-only', 'refs/heads/main')).split('\n').filter(Boolean);
  const gone = listed.filter((path) => !files.has(path)).map((path) => [path, null] as const);
  const base = (await registry.git('rev-parse', 'refs/heads/main')).trim();
  return commitFiles(registry.bare, {
    branch: 'main',
    base,
    files: new Map([...files, ...gone]),
    message: 'Change\n',
    author: AUTHOR,
  });
}

/** Whether the last build was of a change alone. */
export async function wasChange(out: string): Promise<boolean> {
  return stat(join(out, '.ar-files.log')).then(
    () => true,
    () => false,
  );
}

/** A folder that builds write into, and the index that they are of. */
export interface Site {
  readonly registry: TestRegistry;
  readonly world: World;
  readonly out: string;
  /** Commits the files as they are, and builds. */
  readonly build: (changes?: Partial<BuildInput>) => Promise<BuildOutcome>;
  /** What a build of everything gives. */
  readonly expected: () => Promise<ReadonlyMap<string, string>>;
}

export interface SiteOptions {
  /** Plugins that it has. */
  readonly has?: readonly Name[];
  /** Those that it has or can have. */
  readonly canHave?: readonly Name[];
  readonly delta?: DeltaLimits;
}

/** A registry that was built once. */
export async function builtSite({
  has = NAMES.slice(0, 3),
  canHave = has,
  delta = DELTA,
}: SiteOptions = {}): Promise<Site> {
  const registry = await testRegistry();
  const packed = await packAll(registry, canHave);
  const world: World = { files: new Map(Object.entries(SHARED)), packed };
  for (const plugin of has) publish(plugin, '1.0.0')(world);
  const [out, whole] = [join(registry.folder, 'out'), join(registry.folder, 'whole')];
  const input = {
    source: { repository: registry.bare, revision: 'main' },
    baseUrl: BASE_URL,
    search: SEARCH,
    delta,
  };
  const run = async (changes: Partial<BuildInput> = {}): Promise<BuildOutcome> => {
    await commitAll(registry, world.files);
    return build({ ...input, out, ...changes });
  };
  await run();
  const expected = async (): Promise<ReadonlyMap<string, string>> => {
    await build({ ...input, out: whole, state: 'none' });
    return contentOf(whole);
  };
  return { registry, world, out, build: run, expected };
}
