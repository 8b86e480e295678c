/** Whatever we sign, tuf-js takes too; whatever an attacker makes of it, both refuse. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { TRUST_ROUTE, resumeTrust } from '@ar-registry/core/trust';
import { readKeyFolder, signMetadata, toMetadataBytes } from '@ar-registry/io/trust';
import { describe, expect, it } from 'vitest';
import { sign } from '../src/stages/sign/index.ts';
import { ATTACKS, GENUINE, HELLO_BIN, NEWER, both, clientsOf, forgeSnapshot, updated } from './trust-attacks.ts';
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
  type Fixture,
} from './trust-fixture.ts';

describe('what we sign is taken by both', () => {
  it.each([16, 256, 512] as const)('with %i bins', async (bins) => {
    expect(await both(await clientsOf(await trustFixture({ bins })))).toEqual([GENUINE, GENUINE]);
  });

  it('with three root keys of which two must sign', async () => {
    const fixture = await trustFixture({ threshold: 2, rootKeys: 3 });
    expect(await both(await clientsOf(fixture))).toEqual([GENUINE, GENUINE]);
  });

  it('with a root that declares a log, also after its key was replaced', async () => {
    const fixture = await trustFixture({ baseUrl: 'https://registry.example.com' });
    const clients = await clientsOf(fixture);
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
    const { log } = (await fixture.trust()).root.signed;
    expect(log).toEqual({
      origin: 'registry.example.com/log',
      public: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    await fixture.change({ action: 'rotate', role: 'log' });
    await fixture.write({ [HELLO]: NEWER.text });
    await fixture.sign(NOW_MS + 1000);
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
    const { log: next } = (await fixture.trust()).root.signed;
    expect(next?.origin).toBe(log?.origin);
    expect(next?.public).not.toBe(log?.public);
  });

  it('after a log was begun where there was none', async () => {
    const fixture = await trustFixture();
    const settings = { ...fixture.settings, logOrigin: 'test/log' };
    expect((await fixture.trust()).root.signed.log).toBeUndefined();
    await fixture.change({ action: 'rotate', role: 'log' }, NOW_MS, settings);
    await fixture.sign(NOW_MS + 1000);
    await fixture.publish();
    expect((await fixture.trust()).root.signed.log?.origin).toBe('test/log');
    expect(await both(await clientsOf(fixture))).toEqual([GENUINE, GENUINE]);
  });

  it('after a document has changed, with one new bin and no more', async () => {
    const { fixture, clients, before } = await updated();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
    const added = [...fixture.served.keys()].filter((file) => file.includes('.bin-') && !before.has(file));
    expect(added).toEqual([`trust/${newest(fixture, HELLO_BIN)}`]);
  });

  it('after it was only signed anew', async () => {
    const fixture = await trustFixture({ atMs: NOW_MS - 2.5 * DAY_MS });
    const clients = await clientsOf(fixture);
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
    const outcome = await fixture.resign(NOW_MS);
    expect(outcome.signed).toEqual(['timestamp.json']);
    await fixture.publish();
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
  });

  it.each(['root', 'targets', 'bins', 'snapshot', 'timestamp'])('after the key of %s was replaced', async (role) => {
    const { fixture, clients } = await updated();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
    await fixture.change({ action: 'rotate', role });
    await fixture.sign();
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
    expect(await both(await clientsOf(fixture))).toEqual([NEWER, NEWER]);
  });

  it('after root and targets were given a new end', async () => {
    const { fixture, clients } = await updated();
    await fixture.change({ action: 'renew' });
    await fixture.sign();
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
  });

  it('also where they have never been before, and where all files of the last state were lost', async () => {
    const { fixture, clients } = await updated();
    expect(await both(await clientsOf(fixture))).toEqual([NEWER, NEWER]);
    const input = { site: `${fixture.folder}/site`, trust: await fixture.trust(), settings: fixture.settings };
    const signers = await readKeyFolder(`${fixture.folder}/keys`);
    await sign({ ...input, signers, previous: async () => undefined }, { crypto, nowMs: NOW_MS + 60_000 });
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
  });

  it('and says of a document that it does not exist', async () => {
    const clients = await clientsOf(await trustFixture());
    const none = { kind: 'none' };
    expect(await both(clients, 'plugins/@acme/absent.json')).toEqual([none, none]);
  });
});

async function withMoreBins(fixture: Fixture, bins: number, atMs = NOW_MS + 1000): Promise<void> {
  await fixture.change({ action: 'renew' }, atMs, { ...fixture.settings, bitLength: Math.log2(bins) });
  expect((await fixture.trust()).targets.signed.delegations?.succinct_roles?.bit_length).toBe(Math.log2(bins));
}

describe('more bins', () => {
  /** Other names, the same names for other documents, and more of both. */
  const STEPS = [
    [256, 1024],
    [512, 1024],
    [32, 256],
    [16, 1024],
  ] as const;

  it.each(STEPS)('from %i to %i, for who was there before and who comes for the first time', async (from, to) => {
    const fixture = await trustFixture({ bins: from });
    const clients = await clientsOf(fixture);
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
    await withMoreBins(fixture, to);
    await fixture.sign(NOW_MS + 2000);
    await fixture.publish();
    for (const some of [clients, await clientsOf(fixture)]) {
      expect(await both(some)).toEqual([GENUINE, GENUINE]);
      expect(await both(some, 'plugins/@acme/absent.json')).toEqual([{ kind: 'none' }, { kind: 'none' }]);
    }
    await fixture.write({ [HELLO]: '{"version":"1.1.0"}' });
    const { signed } = await fixture.sign(NOW_MS + 3000);
    expect(signed.filter((file) => file.includes('.bin-'))).toHaveLength(1);
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
  });

  it('from 256 to 1024 while somebody is in the middle of reading what was before', async () => {
    const fixture = await trustFixture({ bins: 256 });
    const clients = await clientsOf(fixture);
    const before = fixture.served.get('trust/timestamp.json') ?? new Uint8Array();
    await withMoreBins(fixture, 1024);
    await fixture.sign(NOW_MS + 2000);
    await fixture.publish();
    fixture.served.set('trust/timestamp.json', before);
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
  });

  it('from 256 to 1024 where the site is built anew each time, and nothing is left of what was signed', async () => {
    const fixture = await trustFixture({ bins: 256 });
    const clients = await clientsOf(fixture);
    expect(await both(clients)).toEqual([GENUINE, GENUINE]);
    await withMoreBins(fixture, 1024);
    const folder = `${fixture.folder}/site/${TRUST_ROUTE}`;
    for (const later of [2000, 3000]) {
      const served = new Map(fixture.served);
      await rm(folder, { recursive: true });
      const input = { site: `${fixture.folder}/site`, trust: await fixture.trust(), settings: fixture.settings };
      const signers = await readKeyFolder(`${fixture.folder}/keys`);
      const previous = async (name: string): Promise<Uint8Array | undefined> => served.get(`trust/${name}`);
      await sign({ ...input, signers, previous }, { crypto, nowMs: NOW_MS + later });
      await fixture.publish();
      expect(await both(clients)).toEqual([GENUINE, GENUINE]);
    }
  });

  it('never become fewer', async () => {
    const fixture = await trustFixture({ bins: 512 });
    await fixture.change({ action: 'renew' }, NOW_MS, { ...fixture.settings, bitLength: 8 });
    expect((await fixture.trust()).targets.signed.delegations?.succinct_roles?.bit_length).toBe(9);
  });
});

describe('both refuse', () => {
  it.each(Object.entries(ATTACKS).map(([name, [code, attack]]) => ({ name, code, attack })))(
    '$name',
    async ({ code, attack }) => {
      const at = await updated();
      await attack(at);
      const [ours, tuf] = await both(at.clients);
      expect(ours).toEqual({ kind: 'refused', why: code });
      expect(tuf).toMatchObject({ kind: 'refused' });
    },
  );

  it('a root with one of two signatures', async () => {
    const { fixture, clients } = await updated({ threshold: 2, rootKeys: 3 });
    const [one] = await fixture.signers('root');
    await forge(fixture, '2.root.json', {
      signed: { ...read(fixture, '1.root.json'), version: 2 },
      by: one ? [one] : [],
    });
    expect(await both(clients)).toMatchObject([{ why: 'TRUST_SIGNATURES_MISSING' }, { kind: 'refused' }]);
  });

  it('a root that is signed twice by one key', async () => {
    const { fixture, clients } = await updated({ threshold: 2, rootKeys: 3 });
    const [one] = await fixture.signers('root');
    const by = one ? [one, one] : [];
    await forge(fixture, '2.root.json', { signed: { ...read(fixture, '1.root.json'), version: 2 }, by });
    expect(await both(clients)).toMatchObject([{ why: 'TRUST_METADATA_INVALID' }, { kind: 'refused' }]);
  });

  it.each([
    ['timestamp', 4, {}],
    ['snapshot', 4, { timestamp: 30, snapshot: 3 }],
    ['targets', 4, { timestamp: 30, snapshot: 30, targets: 3 }],
    ['bins', 4, { timestamp: 30, snapshot: 30, bins: 3 }],
    ['root', 4, { timestamp: 30, snapshot: 30, root: 3 }],
  ])('an expired %s', async (_role, days, expiryDays) => {
    const fixture = await trustFixture({ atMs: NOW_MS - days * DAY_MS, expiryDays });
    expect(await both(await clientsOf(fixture))).toMatchObject([{ why: 'TRUST_EXPIRED' }, { kind: 'refused' }]);
  });
});

describe('ours differs from tuf-js', () => {
  it('on a document named as something that every object has: tuf-js takes that for an entry, and fails on it', async () => {
    const clients = await clientsOf(await trustFixture());
    expect(await both(clients, 'toString')).toEqual([{ kind: 'none' }, { kind: 'refused', why: 'TypeError' }]);
  });

  it('more delegations than anybody can follow: tuf-js gives up without a word', async () => {
    const { fixture, clients } = await updated();
    const [key] = await fixture.signers('bins');
    const signed = { ...read(fixture, '1.targets.json'), version: 2 };
    const { keys = {}, succinct_roles: bins } = signed.delegations ?? {};
    const roles = Array.from({ length: 40 }, (_, index) => ({
      name: `r${index}`,
      keyids: bins?.keyids,
      threshold: 1,
      terminating: false,
      paths: ['*/*/*'],
    }));
    signed['delegations'] = { keys, roles };
    await forge(fixture, '2.targets.json', { signed, by: await fixture.signers('targets') });
    const empty = { _type: 'targets', spec_version: '1.0.31', version: 1, expires: signed['expires'], targets: {} };
    for (const { name } of roles) await forge(fixture, `1.${name}.json`, { signed: empty, by: key ? [key] : [] });
    await forgeSnapshot(fixture, (meta) => {
      meta['targets.json'] = { version: 2 };
      for (const { name } of roles) meta[`${name}.json`] = { version: 1 };
    });
    expect(await both(clients)).toEqual([{ kind: 'refused', why: 'TRUST_DELEGATION_REFUSED' }, { kind: 'none' }]);
  });

  it('a bin that hands its documents on: one level is all that we write, and so all that we read', async () => {
    const { fixture, clients } = await updated();
    const file = newest(fixture, HELLO_BIN);
    const signed = { ...read(fixture, file), delegations: read(fixture, '1.targets.json')['delegations'] };
    await forge(fixture, file, { signed, by: await fixture.signers('bins') });
    expect(await both(clients)).toEqual([{ kind: 'refused', why: 'TRUST_DELEGATION_REFUSED' }, NEWER]);
  });

  it('one key under two names, which would be a threshold of two: the specification has clients compute the names', async () => {
    const { fixture, clients } = await updated();
    const signed = { ...read(fixture, '1.root.json'), version: 2 };
    const [id = ''] = signed.roles.root.keyids;
    const other = 'f'.repeat(64);
    Object.assign(signed.keys, { [other]: signed.keys[id] });
    signed['roles'].root = { keyids: [id, other], threshold: 2 };
    const [key] = await fixture.signers('root');
    const [signature] = await signMetadata(signed, key ? [key] : [], crypto);
    if (!signature) throw new Error('There is no root key.');
    const signatures = [signature, { ...signature, keyid: other }];
    fixture.served.set('trust/2.root.json', toMetadataBytes({ signed, signatures }));
    expect(await both(clients)).toEqual([{ kind: 'refused', why: 'TRUST_METADATA_INVALID' }, NEWER]);
  });
});

describe('what is trusted', () => {
  it('is recovered from a version that nobody can come after, by taking the key away', async () => {
    const { fixture, clients } = await updated();
    const signed = read(fixture, 'timestamp.json');
    await forge(fixture, 'timestamp.json', {
      signed: { ...signed, version: 9_000_000_000 },
      by: await fixture.signers('timestamp'),
    });
    expect(await both(clients)).toEqual([NEWER, NEWER]);
    await fixture.change({ action: 'rotate', role: 'timestamp' });
    await fixture.sign();
    await fixture.publish();
    expect(await both(clients)).toEqual([NEWER, NEWER]);
  });

  it('is not lost by an attack: the mended server is believed again', async () => {
    const { fixture, clients } = await updated();
    const good = new Map(fixture.served);
    fixture.served.set('trust/timestamp.json', randomBytes(100));
    expect(await both(clients)).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }]);
    for (const [file, bytes] of good) fixture.served.set(file, bytes);
    expect(await both(clients)).toEqual([NEWER, NEWER]);
  });

  it('costs one timestamp, and the question for a newer root, where nothing is new', async () => {
    const { fixture, clients } = await updated();
    await clients.ours.get(HELLO);
    fixture.asked.length = 0;
    await clients.ours.get(HELLO);
    expect(fixture.asked).toEqual(['2.root.json', 'timestamp.json']);
  });

  it('serves without a network within the grace, and not after it', async () => {
    const { fixture } = await updated();
    const ours = await ourClient(fixture);
    expect(await ours.get(HELLO)).toEqual(NEWER);
    const at = (days: number) =>
      resumeTrust(ours.state, { crypto, nowMs: NOW_MS + days * DAY_MS, graceMs: 14 * DAY_MS });
    expect(at(10)?.timestamp.signed.version).toBe(read(fixture, 'timestamp.json')['version']);
    expect(() => at(18)).toThrow(expect.objectContaining({ code: 'TRUST_EXPIRED' }));
    expect(resumeTrust({ root: ours.state.root }, { crypto, nowMs: NOW_MS, graceMs: 0 })).toBeUndefined();
  });
});

it('names the folder that the routes name', () => {
  expect(TRUST_ROUTE).toBe('api/v1/trust');
});
