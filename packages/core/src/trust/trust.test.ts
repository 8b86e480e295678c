import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isArError } from '../errors/index.ts';
import {
  METADATA_LIMIT_BYTES,
  MOST_IN_BIN,
  assembleBin,
  assembleRoot,
  assembleSnapshot,
  assembleTargets,
  assembleTimestamp,
  binOf,
  bitLengthFor,
  canonicalBytes,
  delegatedSigners,
  divideIntoBins,
  isDue,
  isSignedPath,
  keyIdOf,
  nextVersion,
  parseMetadata,
  toTrustKey,
  toTrustSettings,
  type Metadata,
  type MetadataKind,
  type TrustCrypto,
} from './index.ts';

/** Whether signatures are checked well is shown in scripts/test/trust.test.ts, against tuf-js. */
const crypto: TrustCrypto = { sha256: spread, verifyEd25519: () => true };
const KEY = 'ab'.repeat(32);
const TERM = { version: 7, expiresMs: Date.parse('2026-07-01T00:00:00Z') };
const ONE = { keys: [KEY], threshold: 1 };
const BINS = { bit_length: 4, name_prefix: 'bin' };

const bytesOf = (signed: object, signatures: readonly object[] = []): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ signatures, signed }));
const timestamp = assembleTimestamp({ version: 3 }, TERM);
const targets = assembleTargets({ bins: ONE, bitLength: 4, ...TERM }, crypto);

/** Not SHA-256, but as long, and different for different bytes. */
function spread(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, word) => {
    let hash = 0x811c9dc5 + word;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0).toString(16).padStart(8, '0');
  });
  return words.join('');
}

function withDelegations(delegations: object): Metadata<'targets'> {
  return parseMetadata('targets', 'x', bytesOf({ ...targets, delegations }));
}

function refusalOf(work: () => void): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isArError(error) ? error.exit : 70;
  }
}

describe('parseMetadata', () => {
  it.each([
    [
      'root',
      assembleRoot(
        { roles: { root: ONE, targets: ONE, snapshot: ONE, timestamp: ONE }, development: true, ...TERM },
        crypto,
      ),
    ],
    ['targets', targets],
    ['targets', assembleBin(new Map([['b', { length: 1, hashes: { sha256: KEY } }]]), TERM)],
    ['snapshot', assembleSnapshot({ 'targets.json': { version: 1 } }, TERM)],
    ['timestamp', timestamp],
  ] as const)('reads what is made of %s', (kind, signed) => {
    expect(parseMetadata<MetadataKind>(kind, 'x.json', bytesOf(signed)).signed).toEqual(signed);
  });

  it.each([
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', new Uint8Array([0xff])],
    ['another kind', bytesOf(targets)],
    ['another major version of the format', bytesOf({ ...timestamp, spec_version: '2.0.0' })],
    ['version 0', bytesOf({ ...timestamp, version: 0 })],
    ['a version with a fraction', bytesOf({ ...timestamp, version: 1.5 })],
    ['an end that is no instant', bytesOf({ ...timestamp, expires: '2026-13-01T00:00:00Z' })],
    ['an end in another form', bytesOf({ ...timestamp, expires: 'tomorrow' })],
    [
      'two signatures of one key',
      bytesOf(timestamp, [
        { keyid: KEY, sig: '' },
        { keyid: KEY, sig: '' },
      ]),
    ],
    [
      'too many signatures',
      bytesOf(
        timestamp,
        Array.from({ length: 65 }, (_, at) => ({ keyid: KEY, sig: `${at}` })),
      ),
    ],
    ['what nests too deep', bytesOf({ ...timestamp, x: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown })],
  ])('refuses %s', (_what, bytes) => {
    expect(() => parseMetadata('timestamp', 'timestamp.json', bytes)).toThrow(
      expect.objectContaining({ code: 'TRUST_METADATA_INVALID', exit: 3 }),
    );
  });

  it('refuses what is too long before it reads it', () => {
    const bytes = new Uint8Array(METADATA_LIMIT_BYTES.timestamp + 1);
    expect(() => parseMetadata('timestamp', 'x', bytes)).toThrow(
      expect.objectContaining({ code: 'TRUST_METADATA_TOO_LARGE' }),
    );
  });

  it('throws nothing but refusals, whatever a server sends', () => {
    const kinds = fc.constantFrom<MetadataKind>('root', 'targets', 'snapshot', 'timestamp');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.dictionary(fc.string(), fc.jsonValue()).map((extra) => bytesOf({ ...timestamp, ...extra })),
    );
    fc.assert(
      fc.property(kinds, bytes, (kind, content) => {
        const exit = refusalOf(() => void canonicalBytes('x', parseMetadata(kind, 'x', content).signed));
        expect([undefined, 3]).toContain(exit);
      }),
    );
  });
});

describe('canonicalBytes', () => {
  it('sorts keys, leaves out white space, and escapes quotes and backslashes alone', () => {
    const text = new TextDecoder().decode(canonicalBytes('x', { b: [1, true, null], a: 'é"\\' }));
    expect(text).toBe('{"a":"é\\"\\\\","b":[1,true,null]}');
  });

  it('refuses a fraction, which has no canonical form', () => {
    expect(() => canonicalBytes('x', { a: 1.5 })).toThrow(expect.objectContaining({ code: 'TRUST_METADATA_INVALID' }));
  });
});

describe('bins', () => {
  it('hold every document once, whichever it is', () => {
    const top = parseMetadata('targets', 'targets.json', bytesOf(targets));
    const target = { length: 1, hashes: { sha256: KEY } };
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 50 }), (paths) => {
        const parts = divideIntoBins(new Map(paths.map((path) => [path, target])), top, crypto);
        expect(parts.size).toBe(16);
        for (const path of paths) expect(parts.get(binOf(path, BINS, crypto))?.has(path)).toBe(true);
        expect([...parts.values()].reduce((sum, part) => sum + part.size, 0)).toBe(paths.length);
      }),
    );
  });

  it.each([
    [1, /^bin-[01]$/],
    [8, /^bin-[0-9a-f]{2}$/],
    [9, /^bin-[01][0-9a-f]{2}$/],
    [12, /^bin-[0-9a-f]{3}$/],
  ])('of %i bits are named in as many digits as the last one', (bit_length, pattern) => {
    for (const path of ['a', 'b', 'c', 'd'])
      expect(binOf(path, { bit_length, name_prefix: 'bin' }, crypto)).toMatch(pattern);
  });

  it('more than 4,096 are refused, and lists of delegations', () => {
    const bins = { keyids: [], threshold: 1, ...BINS };
    const refused = expect.objectContaining({ code: 'TRUST_DELEGATION_REFUSED' });
    expect(() => delegatedSigners(withDelegations({ keys: {}, succinct_roles: { ...bins, bit_length: 13 } }))).toThrow(
      refused,
    );
    expect(() => delegatedSigners(withDelegations({ keys: {}, roles: [] }))).toThrow(refused);
    expect(delegatedSigners(withDelegations({ keys: {}, succinct_roles: bins })).bit_length).toBe(4);
  });
});

it.each([
  [0, 256],
  [38_400, 256],
  [38_401, 512],
  [76_800, 512],
  [100_000, 1024],
  [1_000_000, 4096],
  [10 ** 9, 4096],
])('of %i documents there are %i bins, at most half full as long as there can be more', (documents, bins) => {
  expect(2 ** bitLengthFor(documents)).toBe(bins);
  expect(documents <= (bins * MOST_IN_BIN) / 2 || bins === 4096).toBe(true);
});

describe('versions', () => {
  it('are the time, and go on where the clock went back', () => {
    expect(nextVersion(undefined, 1_500)).toBe(1);
    expect(nextVersion(5, 100_000)).toBe(100);
    expect(nextVersion(500, 100_000)).toBe(501);
  });

  it('are due after two thirds of their time', () => {
    const metadata = parseMetadata('timestamp', 'x', bytesOf(timestamp));
    expect(isDue(metadata, { nowMs: TERM.expiresMs - 101, expiryMs: 300 })).toBe(false);
    expect(isDue(metadata, { nowMs: TERM.expiresMs - 99, expiryMs: 300 })).toBe(true);
  });
});

it('settings have a value for everything but the number of bins', () => {
  expect(toTrustSettings()).not.toHaveProperty('bitLength');
  expect(toTrustSettings()).toMatchObject({ rootThreshold: 1, expiryMs: { timestamp: 259_200_000 } });
  const own = toTrustSettings({ bins: 512, threshold: 2, expiryDays: { timestamp: 1 } });
  expect(own).toMatchObject({
    bitLength: 9,
    rootThreshold: 2,
    expiryMs: { timestamp: 86_400_000, snapshot: 604_800_000 },
  });
});

it.each([
  [{ name: 'test' }, 'test/log'],
  [{ name: 'test', baseUrl: '' }, 'test/log'],
  [{ name: 'test', baseUrl: 'https://example.com/registry' }, 'example.com/registry/log'],
])('the log of %j is called %s', (registry, origin) => {
  expect(toTrustSettings({}, registry).logOrigin).toBe(origin);
});

it.each([
  ['config.json', true],
  ['plugins.json', true],
  ['plugins/featured.json', true],
  ['plugins/page/2.json', true],
  ['plugins/@acme/hello.json', true],
  ['search/index.json', true],
  ['osv/npm/00.json', true],
  ['plugins/@acme/hello/1.0.0.json', false],
  ['plugins/@acme/hello/1.0.0/download', false],
  ['plugins/@acme/hello/readme.md', false],
  ['trust/timestamp.json', false],
  ['stats/totals.json', false],
  ['queue.json', false],
  ['queue.json/x', true],
  ['log/checkpoint', true],
  ['log/checkpoint.json', false],
  ['log/tile/0/000', false],
  ['log/plugins/@acme/hello.json', false],
])('signs %s: %s', (path, signed) => {
  expect(isSignedPath(path)).toBe(signed);
});

it('names a key by the hash of its canonical form', () => {
  const text = `{"keytype":"ed25519","keyval":{"public":"${KEY}"},"scheme":"ed25519"}`;
  expect(keyIdOf(toTrustKey(KEY), crypto)).toBe(crypto.sha256(new TextEncoder().encode(text)));
});
