/**
 * A real registry of small plugins on loopback: packed by the packer, described by the API builder, served as plain
 * static files. What it answers can be changed, so that a test can play a server that lies or breaks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buildDocuments } from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import type { Snapshot, SnapshotPlugin } from '@ar-registry/core/snapshot';
import { descending } from '@ar-registry/core/version';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { packFolder } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import type { Account, NormalizedManifest, StatusRecord, TrustLevel, VersionRecord } from '@ar-registry/schemas';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '../archives/index.ts';

export interface TestPlugin {
  readonly manifest?: Partial<NormalizedManifest>;
  /** Path in the package → text, besides the sample's. */
  readonly files?: Readonly<Record<string, string>>;
  readonly trust?: TrustLevel;
  readonly status?: Partial<StatusRecord>;
  /** Of the last version that has them, for the plugin as a whole. */
  readonly owners?: readonly Account[];
  readonly publishedBy?: Account;
  readonly publishedAt?: string;
}

export interface ServedRegistry extends AsyncDisposable {
  readonly url: string;
  /** Path → bytes of everything that is served; change it to lie. */
  readonly files: Map<string, Uint8Array>;
  /** Paths asked for, in order. */
  readonly requests: string[];
  /** Called before each answer; return true to have answered oneself. */
  intercept: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | undefined;
}

const OWNER = { login: 'acme', id: 1 };
const PUBLISHED_AT = '2026-01-01T00:00:00Z';

/** Several entries of one name are versions of one plugin; the status of the last one counts. */
export async function serveRegistry(plugins: readonly TestPlugin[]): Promise<ServedRegistry> {
  const files = new Map<string, Uint8Array>();
  const packed = await Promise.all(plugins.map((plugin) => pack(plugin, files)));
  const snapshot = toSnapshot(packed);
  const readmes = new Map(
    snapshot.plugins.map(({ name }) => {
      const bytes = Buffer.from(SAMPLE_FILES['README.md'] ?? '');
      files.set(routes.readme(name), bytes);
      return [name, { integrity: integrityOf(bytes), size: bytes.length }] as const;
    }),
  );
  for (const { path: route, body } of buildDocuments(snapshot, { readmes, findings: [] }, integrityOf))
    files.set(route, Buffer.from(body));
  return serve(files);
}

interface Packed extends TestPlugin {
  readonly record: VersionRecord;
}

async function pack(plugin: TestPlugin, served: Map<string, Uint8Array>): Promise<Packed> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-pack-'));
  try {
    const text = stringifyRecord({ ...SAMPLE_MANIFEST, ...plugin.manifest });
    const { manifest } = parseManifest(text, 'ar-plugin.yaml');
    if (!manifest) throw new Error(`The test's manifest is not valid:\n${text}`);
    await writeTree(folder, { ...SAMPLE_FILES, 'ar-plugin.yaml': text, ...plugin.files });
    const { bytes, ...dist } = await packFolder(folder, { manifestText: text, manifest, files: undefined });
    served.set(routes.download(manifest.name, manifest.version), bytes);
    const record: VersionRecord = {
      schemaVersion: 1,
      manifest,
      dist: { tarball: `store:${dist.integrity}`, ...dist, files: [...dist.files] },
      publishedAt: plugin.publishedAt ?? PUBLISHED_AT,
      publishedBy: plugin.publishedBy ?? OWNER,
    };
    return { ...plugin, record };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function toSnapshot(packed: readonly Packed[]): Snapshot {
  const names = [...new Set(packed.map(({ record }) => record.manifest.name))].toSorted();
  return {
    registry: { schemaVersion: 1, name: 'test', title: 'Test registry' },
    categories: [],
    scopes: new Map(),
    advisories: [],
    dependencies: [],
    dismissed: [],
    downloads: new Map(),
    reviews: new Map(),
    verifications: new Map(),
    stats: { through: undefined, plugins: new Map(), github: new Map(), recent: [] },
    plugins: names.map((name) => toPlugin(name, packed)),
  };
}

function toPlugin(name: string, packed: readonly Packed[]): SnapshotPlugin {
  const own = packed.filter(({ record }) => record.manifest.name === name);
  const versions = own
    .map(({ record }) => record)
    .toSorted((a, b) => descending(a.manifest.version, b.manifest.version));
  const last = own.at(-1);
  const latest = versions[0]?.manifest.version ?? '';
  return {
    name,
    record: {
      schemaVersion: 1,
      name,
      owners: [...(own.findLast(({ owners }) => owners !== undefined)?.owners ?? [OWNER])],
      trust: last?.trust ?? 'community',
      repository: { url: 'https://example.com/acme/hello.git' },
    },
    status: { schemaVersion: 1, distTags: { latest }, ...last?.status },
    versions,
  };
}

async function serve(files: Map<string, Uint8Array>): Promise<ServedRegistry> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const route = decodeURIComponent((request.url ?? '').slice(1));
    requests.push(route);
    if (registry.intercept?.(request, response) === true) return;
    const bytes = files.get(route);
    if (!bytes) {
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: ServedRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    requests,
    intercept: undefined,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}
