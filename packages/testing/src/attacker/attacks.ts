/**
 * What somebody can try who has all bytes of a registry’s web server, and no key: each attack of the list in TUF’s
 * specification, and those on archives, revocations and the log.
 *
 * @source TUF specification 1.0.33 §1.5.2
 */
import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { AttackerServer } from './server.ts';

/** All files of a built and signed registry, by route. */
export type Site = ReadonlyMap<string, Uint8Array>;

/**
 * A registry in three states. The user has seen `seen`, from which 1.0.0 of `@acme/hello` is installed; `now` is newer,
 * with 1.2.0, and revokes 1.0.0.
 */
export interface AttackedRegistry {
  readonly old: Site;
  readonly seen: Site;
  readonly now: Site;
  readonly server: AttackerServer;
  /** Another server, that the user’s settings name as a mirror of the registry. */
  readonly mirror: AttackerServer;
}

export interface Attack {
  readonly name: string;
  /** What `ar plugin` does meanwhile, each with the code that it is refused with. */
  readonly refusals: Readonly<Record<string, string>>;
  /** Where refusing is not what happens: it takes too long. */
  readonly exit?: number;
  /** Days that have passed since. */
  readonly daysLater?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly attack: (at: AttackedRegistry) => void;
}

const API = 'api/v1';
const HELLO = `${API}/plugins/@acme/hello.json`;
const VERSION = `${API}/plugins/@acme/hello/1.1.0.json`;
const ARCHIVE = `${API}/plugins/@acme/hello/1.1.0/download`;
const LIST = `${API}/advisories.json`;
const LOG = `${API}/log`;
const INSTALL = 'install @acme/hello@1.1.0 --yes';
const UPDATE = 'update --yes';
const INFO = 'info @acme/hello';
const VERIFY = 'verify';
const every = (code: string) => ({ [INSTALL]: code, [UPDATE]: code, [INFO]: code, [VERIFY]: code });
const documents = (code: string) => ({ [INSTALL]: code, [UPDATE]: code, [INFO]: code });

export const ATTACKS: readonly Attack[] = [
  {
    name: 'arbitrary installation: an archive of his own, and every document changed to fit it',
    refusals: documents('TRUST_HASH_MISMATCH'),
    attack: ({ server, seen }) => {
      show(server, seen);
      const evil = Buffer.from('not what was published');
      const integrity = `sha512-${createHash('sha512').update(evil).digest('base64')}`;
      const genuine = /"integrity":"(sha512-[^"]+)"/.exec(textOf(seen, VERSION))?.[1] ?? '';
      server.files.set(ARCHIVE, evil);
      edit(server, VERSION, (text) => text.replaceAll(genuine, integrity));
      const document = `sha512-${createHash('sha512')
        .update(server.files.get(VERSION) ?? '')
        .digest('base64')}`;
      const pinned = `sha512-${createHash('sha512')
        .update(seen.get(VERSION) ?? '')
        .digest('base64')}`;
      edit(server, HELLO, (text) => text.replaceAll(genuine, integrity).replaceAll(pinned, document));
    },
  },
  {
    name: 'endless data: a document without an end',
    refusals: documents('REGISTRY_RESPONSE_TOO_LARGE'),
    attack: ({ server, seen }) => {
      show(server, seen);
      server.intercept = (route, response) => route === HELLO && endless(response);
    },
  },
  {
    name: 'endless data: metadata without an end',
    refusals: every('REGISTRY_RESPONSE_TOO_LARGE'),
    attack: ({ server, seen }) => {
      show(server, seen);
      server.intercept = (route, response) => route.endsWith('/timestamp.json') && endless(response);
    },
  },
  {
    name: 'extraneous dependencies: a package that the author never named',
    refusals: { [INSTALL]: 'INTEGRITY_MISMATCH', [UPDATE]: 'INTEGRITY_MISMATCH', [INFO]: 'INTEGRITY_MISMATCH' },
    attack: ({ server, seen }) => {
      show(server, seen);
      edit(server, VERSION, (text) => text.replace('"dependencies":{', '"dependencies":{"evil":"^1.0.0"'));
    },
  },
  {
    name: 'fast-forward: a version number that nobody can come after',
    refusals: every('TRUST_SIGNATURES_MISSING'),
    attack: ({ server, now }) => {
      show(server, now);
      edit(server, `${API}/trust/timestamp.json`, (text) =>
        text.replace(/"version":\d+/, '"version":9007199254740990'),
      );
    },
  },
  {
    name: 'indefinite freeze: the state that the user knows, for ever',
    refusals: every('TRUST_EXPIRED'),
    daysLater: 5,
    attack: ({ server, seen }) => show(server, seen),
  },
  {
    name: 'malicious mirror: the registry is down, and its mirror lies',
    refusals: documents('TRUST_HASH_MISMATCH'),
    attack: ({ server, mirror, seen }) => {
      show(mirror, seen);
      edit(mirror, HELLO, (text) => text.replace('"community"', '"official!"'));
      server.intercept = (_route, response) => {
        response.writeHead(503, { 'retry-after': '0' }).end();
        return true;
      };
    },
  },
  {
    name: 'mix and match: the newest state with a list of documents of the state before',
    refusals: { [INSTALL]: 'TRUST_MIXED', [UPDATE]: 'TRUST_MIXED', [INFO]: 'TRUST_MIXED' },
    attack: ({ server, seen, now }) => {
      show(server, now);
      for (const [route, bytes] of seen) {
        const bin = /\/\d+\.(bin-[0-9a-f]+\.json)$/.exec(route)?.[1];
        const newest = bin && [...now.keys()].find((name) => name.endsWith(`.${bin}`) && !seen.has(name));
        if (newest) server.files.set(newest, bytes);
      }
    },
  },
  {
    name: 'rollback: a state from before what the user has seen',
    refusals: every('TRUST_ROLLBACK'),
    attack: ({ server, old }) => show(server, old),
  },
  {
    name: 'slow retrieval: a byte now and then',
    refusals: { [INSTALL]: 'REGISTRY_UNREACHABLE' },
    exit: 4,
    env: { AR_HTTP_TIMEOUT: '0.1' },
    attack: ({ server, mirror }) => {
      server.intercept = (_route, response) => dripping(response);
      mirror.intercept = server.intercept;
    },
  },
  {
    name: 'wrong software: the genuine document of another plugin',
    refusals: documents('TRUST_LENGTH_MISMATCH'),
    attack: ({ server, seen }) => {
      show(server, seen);
      server.files.set(HELLO, seen.get(`${API}/plugins/@acme/longer-name.json`) ?? new Uint8Array());
    },
  },
  {
    name: 'swapped archive: other bytes where the archive was',
    refusals: { [INSTALL]: 'INTEGRITY_MISMATCH', [UPDATE]: 'INTEGRITY_MISMATCH' },
    attack: ({ server, seen }) => {
      show(server, seen);
      server.files.set(ARCHIVE, seen.get(ARCHIVE.replace('1.1.0', '1.0.0')) ?? new Uint8Array());
    },
  },
  {
    name: 'hidden revocation: the list of the state before',
    refusals: {
      'install @acme/hello@1.0.0 --yes': 'TRUST_LENGTH_MISMATCH',
      [UPDATE]: 'TRUST_LENGTH_MISMATCH',
      [INFO]: 'TRUST_LENGTH_MISMATCH',
    },
    attack: ({ server, seen, now }) => {
      show(server, now);
      server.files.set(LIST, seen.get(LIST) ?? new Uint8Array());
    },
  },
  {
    name: 'hidden revocation: no list at all',
    refusals: { 'install @acme/hello@1.0.0 --yes': 'TRUST_LENGTH_MISMATCH' },
    attack: ({ server, now }) => {
      show(server, now);
      server.files.delete(LIST);
    },
  },
  {
    name: 'forked log: another checkpoint than the one that is signed for',
    refusals: { [VERIFY]: 'TRUST_HASH_MISMATCH' },
    attack: ({ server, now }) => {
      show(server, now);
      edit(server, `${LOG}/checkpoint`, (text) =>
        text.replace(/\n([A-Za-z0-9+/])/, (_all, first: string) => `\n${first === 'A' ? 'B' : 'A'}`),
      );
    },
  },
  {
    name: 'forked log: another past in its tiles',
    refusals: { [VERIFY]: 'LOG_FORKED' },
    attack: ({ server, now }) => {
      show(server, now);
      for (const [route, bytes] of now)
        if (route.startsWith(`${LOG}/tile/0/`))
          server.files.set(
            route,
            bytes.map((byte) => byte ^ 1),
          );
    },
  },
  {
    name: 'forked log: the entry of what is installed is not shown',
    refusals: { [VERIFY]: 'LOG_ENTRY_MISSING' },
    attack: ({ server, now }) => {
      show(server, now);
      edit(server, `${LOG}/plugins/@acme/hello.json`, (text) => text.replaceAll('"publish"', '"plugin"'));
    },
  },
  {
    name: 'forked log: the entry of what is installed says something else',
    refusals: { [VERIFY]: 'LOG_PROOF_INVALID' },
    attack: ({ server, now }) => {
      show(server, now);
      edit(server, `${LOG}/plugins/@acme/hello.json`, (text) => text.replaceAll(/"at":"2\d/g, '"at":"19'));
    },
  },
  {
    name: 'forked log: a tile is not there',
    refusals: { [VERIFY]: 'LOG_FILE_MISSING' },
    attack: ({ server, now }) => {
      show(server, now);
      for (const route of now.keys()) if (route.startsWith(`${LOG}/tile/0/`)) server.files.delete(route);
    },
  },
  {
    name: 'no signatures any more',
    refusals: every('TRUST_METADATA_MISSING'),
    attack: ({ server, now }) => {
      show(server, now);
      for (const route of now.keys()) if (route.startsWith(`${API}/trust/`)) server.files.delete(route);
    },
  },
];

function show(server: AttackerServer, site: Site): void {
  server.files.clear();
  for (const [route, bytes] of site) server.files.set(route, bytes);
}

/** @throws where the attack changes nothing: it would show nothing */
function edit({ files }: AttackerServer, route: string, change: (text: string) => string): void {
  const before = textOf(files, route);
  const after = change(before);
  if (after === before) throw new Error(`Nothing was changed in ${route}.`);
  files.set(route, Buffer.from(after));
}

function textOf(site: Site, route: string): string {
  return Buffer.from(site.get(route) ?? new Uint8Array()).toString('utf8');
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

/** Never silent for long, and never done. */
function dripping(response: http.ServerResponse): boolean {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
  return true;
}
