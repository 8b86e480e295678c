/**
 * A signed registry that its server can falsify, and two clients that must not notice any difference between each
 * other: ours, and tuf-js, which others wrote.
 */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isArError } from '@ar-registry/core/errors';
import {
  TRUST_ROUTE,
  assertTarget,
  findTarget,
  refreshTrust,
  toTrustSettings,
  type RefreshPorts,
  type TrustSettings,
  type TrustState,
} from '@ar-registry/core/trust';
import {
  createTrustCrypto,
  readKeyFolder,
  readServedFile,
  readTrustFolder,
  signMetadata,
  toMetadataBytes,
  type Signer,
  type TrustFolder,
} from '@ar-registry/io/trust';
import type { RegistryRecord, TrustRoot, TrustSnapshot, TrustTargets } from '@ar-registry/schemas';
import { Updater } from 'tuf-js';
import { onTestFinished } from 'vitest';
import { changeKeys, initKeys, keySetOf, planKeys, type KeyRequest } from '../src/stages/keys/index.ts';
import { resign, sign, type SignOutcome } from '../src/stages/sign/index.ts';

export const crypto = createTrustCrypto();
/** tuf-js reads the clock itself. */
export const NOW_MS = Date.now();
export const DAY_MS = 86_400_000;
export const HELLO = 'plugins/@acme/hello.json';
const BINS = 16;

export interface Fixture {
  readonly folder: string;
  readonly url: string;
  readonly settings: TrustSettings;
  /** Path below `/api/v1/` → bytes of what the server answers. */
  readonly served: Map<string, Uint8Array>;
  /** Answers in the server's place, where it returns true. */
  intercept: ((file: string, response: http.ServerResponse) => boolean) | undefined;
  /** Names of metadata files that were asked for. */
  readonly asked: string[];
  write(documents: Readonly<Record<string, string>>): Promise<void>;
  sign(atMs?: number): Promise<SignOutcome>;
  resign(atMs: number): Promise<SignOutcome>;
  change(request: Omit<KeyRequest, 'keysFolder'>, atMs?: number, changed?: TrustSettings): Promise<void>;
  trust(): Promise<TrustFolder>;
  signers(role: 'root' | 'targets' | 'bins' | 'snapshot' | 'timestamp'): Promise<readonly Signer[]>;
  /** Puts the site as it is on disk onto the server. */
  publish(): Promise<void>;
}

export interface FixtureOptions {
  readonly bins?: 16 | 32 | 256 | 512;
  readonly threshold?: number;
  readonly rootKeys?: number;
  readonly expiryDays?: NonNullable<NonNullable<RegistryRecord['trust']>['expiryDays']>;
  /** Address of the registry, whose root then declares a log. */
  readonly baseUrl?: string;
  /** When the keys were made. */
  readonly atMs?: number;
}

export async function trustFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-trust-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { bins = BINS, threshold = 1, rootKeys, expiryDays = {}, baseUrl, atMs = NOW_MS } = options;
  const registry = baseUrl === undefined ? undefined : { name: 'test', baseUrl };
  const settings = toTrustSettings({ bins, threshold, expiryDays }, registry);
  const [site, trustFolder, keys] = ['site', 'trust', 'keys'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await initKeys({ folder: trustFolder, keys, settings, rootKeys }, { crypto, nowMs: atMs });
  const served = new Map<string, Uint8Array>();
  const trust = async (): Promise<TrustFolder> => {
    const found = await readTrustFolder(trustFolder, crypto);
    if (!found) throw new Error('The fixture has no keys.');
    return found;
  };
  const input = async () => ({ site, trust: await trust(), settings, signers: await readKeyFolder(keys) });
  const fixture: Fixture = {
    folder,
    url: '',
    settings,
    served,
    intercept: undefined,
    asked: [],
    trust,
    write: async (documents) => {
      for (const [name, text] of Object.entries(documents)) {
        const file = path.join(site, 'api/v1', name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    },
    sign: async (nowMs = NOW_MS) => sign(await input(), { crypto, nowMs }),
    resign: async (nowMs) => resign({ ...(await input()), check: false }, { crypto, nowMs }),
    change: async (request, nowMs = NOW_MS, changed = settings) => {
      const current = await trust();
      const signers = await readKeyFolder(keys);
      const ports = { folder: trustFolder, settings: changed, signers, crypto, nowMs };
      const plan = await planKeys(current, { ...request, keysFolder: keys }, ports);
      await changeKeys(current, plan, { ...ports, signers: [...signers, ...plan.made] });
    },
    signers: async (role) => {
      const wanted = keySetOf(await trust())[role].keys;
      return (await readKeyFolder(keys)).filter(({ publicKey }) => wanted.includes(publicKey));
    },
    publish: async () => {
      served.clear();
      const top = path.join(site, 'api/v1');
      for (const entry of await readdir(top, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) {
          const file = path.join(entry.parentPath, entry.name);
          served.set(path.relative(top, file), await readFile(file));
        }
    },
  };
  const url = await serve(fixture);
  await fixture.write({
    'config.json': '{}',
    [HELLO]: '{"version":"1.0.0"}',
    'plugins/@acme/other.json': '{"version":"9.0.0"}',
  });
  await fixture.sign(atMs);
  await fixture.publish();
  return Object.assign(fixture, { url });
}

async function serve(fixture: Fixture): Promise<string> {
  const server = http.createServer((request, response) => {
    const file = decodeURIComponent((request.url ?? '').replace('/api/v1/', ''));
    if (file.startsWith('trust/')) fixture.asked.push(file.slice('trust/'.length));
    if (fixture.intercept?.(file, response)) return;
    const bytes = fixture.served.get(file);
    const etag = bytes && `"${crypto.sha256(bytes)}"`;
    const isKnown = etag !== undefined && request.headers['if-none-match'] === etag;
    response
      .writeHead(statusOf(bytes, isKnown), etag === undefined ? {} : { etag, 'cache-control': 'max-age=60' })
      .end(isKnown ? '' : bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** What a client did when it was asked for a document: its bytes, `none`, or why it refused. */
export type Answer =
  | { readonly kind: 'document'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly why: string };

export interface Client {
  get(document: string): Promise<Answer>;
}

/** Ours. `state` is what it trusts. */
export async function ourClient(fixture: Fixture, root?: Uint8Array): Promise<Client & { state: TrustState }> {
  const client = {
    state: { root: root ?? (await firstRoot(fixture)) } as TrustState,
    bins: new Map<string, Uint8Array>(),
    get: (document: string) => answer(() => ask(client, fixture, document)),
  };
  return client;
}

async function ask(
  client: { state: TrustState; readonly bins: Map<string, Uint8Array> },
  fixture: Fixture,
  document: string,
): Promise<Answer> {
  const { signal } = new AbortController();
  const base = `${fixture.url}/api/v1`;
  const ports: RefreshPorts = {
    crypto,
    nowMs: NOW_MS,
    ask: (file, limitBytes) => readServedFile(`${fixture.url}/${TRUST_ROUTE}/${file}`, { limitBytes, signal }),
    keep: async (state) => {
      client.state = state;
    },
  };
  const index = await refreshTrust(client.state, ports);
  const { target, bin } = await findTarget(index, document, { ...ports, heldBin: (name) => client.bins.get(name) });
  if (bin) client.bins.set(bin.name, bin.bytes);
  if (!target) return { kind: 'none' };
  const bytes =
    (await readServedFile(`${base}/${document}`, { limitBytes: target.length, signal })) ?? new Uint8Array();
  assertTarget(document, { bytes, target }, crypto);
  return { kind: 'document', text: new TextDecoder().decode(bytes) };
}

/** tuf-js, with its state in a folder of its own. */
export async function tufClient(fixture: Fixture, root?: Uint8Array): Promise<Client & { readonly folder: string }> {
  const folder = await mkdtemp(path.join(fixture.folder, 'tuf-'));
  await writeFile(path.join(folder, 'root.json'), root ?? (await firstRoot(fixture)));
  return {
    folder,
    get: (document) =>
      answer(async () => {
        const updater = new Updater({
          metadataDir: folder,
          metadataBaseUrl: `${fixture.url}/${TRUST_ROUTE}`,
          targetDir: folder,
          targetBaseUrl: `${fixture.url}/api/v1`,
          // Documents keep their addresses: what pins them is in the bins.
          config: { prefixTargetsWithHash: false, fetchRetry: 0, fetchTimeout: 20_000 },
        });
        await updater.refresh();
        const target = await updater.getTargetInfo(document);
        if (!target) return { kind: 'none' };
        const file = await updater.downloadTarget(target, path.join(folder, 'document'));
        return { kind: 'document', text: await readFile(file, 'utf8') };
      }),
  };
}

async function answer(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const why = isArError(error) ? error.code : (error as Error).constructor.name;
    return { kind: 'refused', why };
  }
}

async function firstRoot(fixture: Fixture): Promise<Uint8Array> {
  const [root] = (await fixture.trust()).roots;
  if (!root) throw new Error('The fixture has no root.');
  return root.bytes;
}

/** The signed part of any file: an attacker need not say of which kind. */
export type AnySigned = Unnamed<TrustRoot> & Unnamed<TrustTargets> & Unnamed<TrustSnapshot>;
type Unnamed<Document extends { readonly signed: object }> = Omit<Document['signed'], '_type'>;

/** The signed part of a file of the metadata, for an attacker to change. */
export function read(fixture: Fixture, file: string): AnySigned {
  const bytes = fixture.served.get(`trust/${file}`);
  if (!bytes) throw new Error(`${file} is not served`);
  return (JSON.parse(new TextDecoder().decode(bytes)) as { signed: AnySigned }).signed;
}

/** Serves other content under a name, signed by whom the attacker likes. */
export async function forge(
  fixture: Fixture,
  file: string,
  { signed, by }: { readonly signed: object; readonly by: readonly Signer[] },
): Promise<void> {
  const signatures = await signMetadata(signed, by, crypto);
  fixture.served.set(`trust/${file}`, toMetadataBytes({ signed, signatures }));
}

/** The name of the newest served file of a role: `7.snapshot.json`. */
export function newest(fixture: Fixture, role: string): string {
  const versions = [...fixture.served.keys()].flatMap(
    (file) => new RegExp(`^trust/([0-9]+)\\.${role}\\.json$`).exec(file)?.[1] ?? [],
  );
  return `${Math.max(...versions.map(Number))}.${role}.json`;
}

function statusOf(bytes: Uint8Array | undefined, isKnown: boolean): number {
  if (!bytes) return 404;
  return isKnown ? 304 : 200;
}
