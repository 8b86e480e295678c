/** What an attacker who controls the web server, and some who hold one key, can do to a signed registry. */
import { createHash, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import type http from 'node:http';
import { binOf } from '@ar-registry/core/trust';
import type { Signer } from '@ar-registry/io/trust';
import type { TrustMetaFile } from '@ar-registry/schemas';
import { expect } from 'vitest';
import {
  DAY_MS,
  HELLO,
  NOW_MS,
  crypto,
  forge,
  newest,
  ourClient,
  read,
  trustFixture,
  tufClient,
  type Answer,
  type Client,
  type Fixture,
  type FixtureOptions,
} from './trust-fixture.ts';

const BINS = { bit_length: 4, name_prefix: 'bin' };
export const HELLO_BIN = binOf(HELLO, BINS, crypto);
export const GENUINE = { kind: 'document', text: '{"version":"1.0.0"}' } as const;
export const NEWER = { kind: 'document', text: '{"version":"1.1.0"}' } as const;

export interface Clients {
  readonly ours: Client;
  readonly tuf: Client;
}

export async function clientsOf(fixture: Fixture): Promise<Clients> {
  return { ours: await ourClient(fixture), tuf: await tufClient(fixture) };
}

export async function both(clients: Clients, document = HELLO): Promise<readonly [Answer, Answer]> {
  return [await clients.ours.get(document), await clients.tuf.get(document)];
}

/** Both clients have seen the first state; then the plugin has a new version, which is published. */
export async function updated(
  options: FixtureOptions = {},
): Promise<{ fixture: Fixture; clients: Clients; before: Map<string, Uint8Array> }> {
  const fixture = await trustFixture({ atMs: NOW_MS - DAY_MS / 2, ...options });
  const clients = await clientsOf(fixture);
  const before = new Map(fixture.served);
  expect(await both(clients)).toEqual([GENUINE, GENUINE]);
  await fixture.write({ [HELLO]: NEWER.text });
  await fixture.sign();
  await fixture.publish();
  return { fixture, clients, before };
}

function stranger(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex'),
    sign: async (bytes) => signBytes(null, bytes, privateKey).toString('hex'),
  };
}

function metaOf(bytes: Uint8Array, version: number) {
  return { version, length: bytes.length, hashes: { sha256: createHash('sha256').update(bytes).digest('hex') } };
}

/** Has the timestamp name what is served as the newest snapshot: what somebody with that one key can do. */
async function pointTo(fixture: Fixture, file: string, version: number): Promise<void> {
  const timestamp = read(fixture, 'timestamp.json');
  const bytes = fixture.served.get(`trust/${file}`) ?? new Uint8Array();
  timestamp['version'] += 1;
  timestamp['meta']['snapshot.json'] = metaOf(bytes, version);
  await forge(fixture, 'timestamp.json', { signed: timestamp, by: await fixture.signers('timestamp') });
}

/** A new snapshot with some entries changed, named by a new timestamp. */
export async function forgeSnapshot(
  fixture: Fixture,
  edit: (meta: Record<string, TrustMetaFile>) => void,
): Promise<void> {
  const snapshot = read(fixture, newest(fixture, 'snapshot'));
  snapshot['version'] += 1;
  edit(snapshot['meta']);
  const file = `${snapshot['version']}.snapshot.json`;
  await forge(fixture, file, { signed: snapshot, by: await fixture.signers('snapshot') });
  await pointTo(fixture, file, snapshot['version']);
}

function endless(response: http.ServerResponse): boolean {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
  };
  response.on('drain', more);
  more();
  return true;
}

/** What the attacker does with the served files, and the code that it ends in. tuf-js has refused as well, or see below. */
export const ATTACKS: Readonly<
  Record<string, readonly [code: string, attack: (at: Awaited<ReturnType<typeof updated>>) => Promise<void> | void]>
> = {
  'an old timestamp, genuine': [
    'TRUST_ROLLBACK',
    async ({ fixture, clients, before }) => {
      expect(await both(clients)).toEqual([NEWER, NEWER]);
      for (const [file, bytes] of before) fixture.served.set(file, bytes);
    },
  ],
  'a new timestamp for an old snapshot': [
    'TRUST_ROLLBACK',
    async ({ fixture, clients, before }) => {
      expect(await both(clients)).toEqual([NEWER, NEWER]);
      const old = [...before.keys()].find((file) => file.endsWith('.snapshot.json')) ?? '';
      fixture.served.set(old, before.get(old) ?? new Uint8Array());
      await pointTo(fixture, old.slice('trust/'.length), Number.parseInt(old.slice('trust/'.length), 10));
    },
  ],
  'a new snapshot with an old bin': [
    'TRUST_ROLLBACK',
    async ({ fixture, clients, before }) => {
      expect(await both(clients)).toEqual([NEWER, NEWER]);
      const old = [...before.keys()].find((file) => file.endsWith(`${HELLO_BIN}.json`)) ?? '';
      fixture.served.set(old, before.get(old) ?? new Uint8Array());
      const version = Number.parseInt(old.slice('trust/'.length), 10);
      await forgeSnapshot(fixture, (meta) => (meta[`${HELLO_BIN}.json`] = { version }));
    },
  ],
  'a new snapshot with old targets': [
    'TRUST_ROLLBACK',
    async ({ fixture, clients }) => {
      await fixture.change({ action: 'renew' });
      await fixture.sign(NOW_MS + 1000);
      await fixture.publish();
      expect(await both(clients)).toEqual([NEWER, NEWER]);
      await forgeSnapshot(fixture, (meta) => (meta['targets.json'] = { version: 1 }));
    },
  ],
  'a snapshot that no longer lists a bin': [
    'TRUST_ROLE_REMOVED',
    async ({ fixture, clients }) => {
      expect(await both(clients)).toEqual([NEWER, NEWER]);
      await forgeSnapshot(fixture, (meta) => delete meta['bin-0.json']);
    },
  ],
  'a snapshot that lacks the bin of the document': [
    'TRUST_ROLE_REMOVED',
    ({ fixture }) => forgeSnapshot(fixture, (meta) => delete meta[`${HELLO_BIN}.json`]),
  ],
  'the timestamp of a stranger': [
    'TRUST_SIGNATURES_MISSING',
    ({ fixture }) => forge(fixture, 'timestamp.json', { signed: read(fixture, 'timestamp.json'), by: [stranger()] }),
  ],
  'a timestamp without a signature': [
    'TRUST_SIGNATURES_MISSING',
    ({ fixture }) => forge(fixture, 'timestamp.json', { signed: read(fixture, 'timestamp.json'), by: [] }),
  ],
  'a timestamp with one number changed': [
    'TRUST_SIGNATURES_MISSING',
    ({ fixture }) => {
      const text = new TextDecoder().decode(fixture.served.get('trust/timestamp.json'));
      fixture.served.set('trust/timestamp.json', Buffer.from(text.replace('"length":', '"length":1')));
    },
  ],
  'the snapshot of a stranger': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const file = newest(fixture, 'snapshot');
      await forge(fixture, file, { signed: read(fixture, file), by: [stranger()] });
      await pointTo(fixture, file, Number.parseInt(file, 10));
    },
  ],
  'the snapshot signed by the key of the bins': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const file = newest(fixture, 'snapshot');
      await forge(fixture, file, { signed: read(fixture, file), by: await fixture.signers('bins') });
      await pointTo(fixture, file, Number.parseInt(file, 10));
    },
  ],
  'the targets of a stranger': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const signed = { ...read(fixture, '1.targets.json'), version: 2 };
      await forge(fixture, '2.targets.json', { signed, by: [stranger()] });
      const bytes = fixture.served.get('trust/2.targets.json') ?? new Uint8Array();
      await forgeSnapshot(fixture, (meta) => (meta['targets.json'] = metaOf(bytes, 2)));
    },
  ],
  'the bin of a stranger, with another document': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const file = newest(fixture, HELLO_BIN);
      const evil = Buffer.from('{"version":"6.6.6"}');
      const signed = read(fixture, file);
      signed['targets'][HELLO] = { length: evil.length, hashes: metaOf(evil, 1).hashes };
      await forge(fixture, file, { signed, by: [stranger()] });
      fixture.served.set(HELLO, evil);
    },
  ],
  'a new root that the old one did not sign': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const by = [stranger()];
      await forge(fixture, '2.root.json', { signed: { ...read(fixture, '1.root.json'), version: 2 }, by });
    },
  ],
  'the first root as the second': [
    'TRUST_ROOT_CHAIN_BROKEN',
    ({ fixture }) =>
      void fixture.served.set('trust/2.root.json', fixture.served.get('trust/1.root.json') ?? new Uint8Array()),
  ],
  'the third root as the second': [
    'TRUST_ROOT_CHAIN_BROKEN',
    async ({ fixture }) => {
      const signed = { ...read(fixture, '1.root.json'), version: 3 };
      await forge(fixture, '2.root.json', { signed, by: await fixture.signers('root') });
    },
  ],
  'the timestamp in place of the root': [
    'TRUST_METADATA_INVALID',
    ({ fixture }) =>
      void fixture.served.set('trust/2.root.json', fixture.served.get('trust/timestamp.json') ?? new Uint8Array()),
  ],
  'an old snapshot under the name of the new one': [
    'TRUST_MIXED',
    async ({ fixture, before }) => {
      const file = newest(fixture, 'snapshot');
      const old = [...before.keys()].find((name) => name.endsWith('.snapshot.json')) ?? '';
      fixture.served.set(`trust/${file}`, before.get(old) ?? new Uint8Array());
      const timestamp = read(fixture, 'timestamp.json');
      timestamp['version'] += 1;
      timestamp['meta']['snapshot.json'] = { version: Number.parseInt(file, 10) };
      await forge(fixture, 'timestamp.json', { signed: timestamp, by: await fixture.signers('timestamp') });
    },
  ],
  'an old bin under the name of the new one': [
    'TRUST_MIXED',
    ({ fixture, before }) => {
      const old = [...before.keys()].find((file) => file.endsWith(`${HELLO_BIN}.json`)) ?? '';
      fixture.served.set(`trust/${newest(fixture, HELLO_BIN)}`, before.get(old) ?? new Uint8Array());
      fixture.served.set(HELLO, before.get(HELLO) ?? new Uint8Array());
    },
  ],
  'a snapshot of the right length with another hash': [
    'TRUST_HASH_MISMATCH',
    ({ fixture }) => {
      const file = `trust/${newest(fixture, 'snapshot')}`;
      const text = new TextDecoder().decode(fixture.served.get(file));
      fixture.served.set(file, Buffer.from(text.replace(/\n$/, ' ')));
    },
  ],
  'a snapshot that is longer': [
    'REGISTRY_RESPONSE_TOO_LARGE',
    ({ fixture }) => {
      const file = `trust/${newest(fixture, 'snapshot')}`;
      fixture.served.set(file, Buffer.concat([fixture.served.get(file) ?? new Uint8Array(), Buffer.alloc(9, 0x20)]));
    },
  ],
  'a snapshot that is shorter': [
    'TRUST_LENGTH_MISMATCH',
    ({ fixture }) => {
      const file = `trust/${newest(fixture, 'snapshot')}`;
      fixture.served.set(file, (fixture.served.get(file) ?? new Uint8Array()).slice(0, -1));
    },
  ],
  'the old document': [
    'TRUST_HASH_MISMATCH',
    ({ fixture }) => void fixture.served.set(HELLO, Buffer.from(GENUINE.text)),
  ],
  'the document of another plugin': [
    'TRUST_HASH_MISMATCH',
    ({ fixture }) => void fixture.served.set(HELLO, fixture.served.get('plugins/@acme/other.json') ?? new Uint8Array()),
  ],
  'a shorter document': ['TRUST_LENGTH_MISMATCH', ({ fixture }) => void fixture.served.set(HELLO, Buffer.from('{}'))],
  'no document': ['TRUST_LENGTH_MISMATCH', ({ fixture }) => void fixture.served.delete(HELLO)],
  'a document without an end': [
    'REGISTRY_RESPONSE_TOO_LARGE',
    ({ fixture }) => void (fixture.intercept = (file, response) => file === HELLO && endless(response)),
  ],
  ...Object.fromEntries(
    ['timestamp.json', '2.root.json', '1.targets.json', 'snapshot.json'].map((name) => [
      `${name} without an end`,
      [
        'REGISTRY_RESPONSE_TOO_LARGE',
        async ({ fixture }: { readonly fixture: Fixture }) => {
          if (name === '1.targets.json') {
            await fixture.change({ action: 'renew' });
            await fixture.sign(NOW_MS + 1000);
            await fixture.publish();
          }
          const wanted = name === '1.targets.json' ? '2.targets.json' : name;
          fixture.intercept = (file, response) =>
            file.startsWith('trust/') && file.endsWith(wanted) && endless(response);
        },
      ] as const,
    ]),
  ),
  'no timestamp': ['TRUST_METADATA_MISSING', ({ fixture }) => void fixture.served.delete('trust/timestamp.json')],
  'no snapshot': [
    'TRUST_METADATA_MISSING',
    ({ fixture }) => void fixture.served.delete(`trust/${newest(fixture, 'snapshot')}`),
  ],
  'no bin': [
    'TRUST_METADATA_MISSING',
    ({ fixture }) => void fixture.served.delete(`trust/${newest(fixture, HELLO_BIN)}`),
  ],
  'a web page': [
    'TRUST_METADATA_INVALID',
    ({ fixture }) => void fixture.served.set('trust/timestamp.json', Buffer.from('<!doctype html>')),
  ],
  'brackets without number': [
    'TRUST_METADATA_INVALID',
    ({ fixture }) => {
      const deep = `${'['.repeat(8000)}${']'.repeat(8000)}`;
      fixture.served.set('trust/timestamp.json', Buffer.from(`{"signatures":[],"signed":${deep}}`));
    },
  ],
  'a timestamp of a key that was taken away': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const stolen = await fixture.signers('timestamp');
      const signed = read(fixture, 'timestamp.json');
      await fixture.change({ action: 'rotate', role: 'timestamp' });
      await fixture.sign();
      await fixture.publish();
      await forge(fixture, 'timestamp.json', { signed: { ...signed, version: signed['version'] + 9 }, by: stolen });
    },
  ],
  'a bin of a key that was taken away': [
    'TRUST_SIGNATURES_MISSING',
    async ({ fixture }) => {
      const stolen = await fixture.signers('bins');
      await fixture.change({ action: 'rotate', role: 'bins' });
      await fixture.sign(NOW_MS + 1000);
      await fixture.publish();
      const file = newest(fixture, HELLO_BIN);
      await forge(fixture, file, { signed: read(fixture, file), by: stolen });
    },
  ],
};
