/** A machine with a network on which bundles are made, and users on machines that have none by then. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { LOCK_FILE } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { createSandbox, type Ended, type Sandbox, type Started } from './ar.ts';
import { npmSettings, serveNpm, type NpmRegistry } from './npm-registry.ts';
import { packedIndex, type PackedParts } from './packed-index.ts';
import { createSignedRegistry, ok, type SignedRegistry } from './signed-registry.ts';

/** Plugins of the registry `acme`, with an npm package each, which has one of its own. */
export const [HELLO, OTHER] = ['@acme/hello', '@acme/other'];
/** Of the registry `corp`. */
export const PRIVATE = '@corp/tool';

const PROJECT_FILES = ['ar-plugins.yaml', LOCK_FILE];

export interface User extends Disposable {
  readonly sandbox: Sandbox;
  /** Absolute. */
  readonly project: string;
  /** Runs `ar plugin …` in the project, with consent. */
  readonly ar: (...args: readonly string[]) => Promise<Ended>;
  readonly startAr: (args: readonly string[], env?: Readonly<Record<string, string>>) => Started;
  readonly env: Readonly<Record<string, string>>;
  readonly trust: (...registries: readonly SignedRegistry[]) => void;
  /** Text of a file of the project; empty where there is none. */
  readonly read: (file: string) => string;
  /** What the project wants, and its lock. */
  readonly state: () => readonly string[];
  /** Gives the project what another wants, and its lock. */
  readonly take: (state: readonly string[]) => void;
}

export interface Bundling extends AsyncDisposable {
  readonly npm: NpmRegistry;
  readonly acme: SignedRegistry;
  /** Trusts `acme`. */
  readonly maker: User;
  readonly createUser: (project: string) => User;
  /** A newer state: 1.1.0 of `HELLO`, and 1.0.0 of it revoked. */
  readonly revoke: () => Promise<void>;
  /** Makes a bundle of what the lock of a user names. */
  readonly bundleAs: (name: string, user?: User) => Promise<void>;
  readonly bundleOf: (name: string) => string;
  /** `ar-plugins.yaml` and the lock, as they were when a bundle was made. */
  readonly stateAt: (name: string) => readonly string[];
  /** In the place of all servers, some that hang up and count. */
  readonly disconnect: (...more: readonly SignedRegistry[]) => Promise<void>;
  /** Who came to a server that is closed, since this was asked last. */
  readonly connections: () => number;
}

/** With `HELLO` and `OTHER` in 1.0.0, published and signed. */
export async function createBundling(): Promise<Bundling> {
  const npm = await serveNpm(NPM_PACKAGES);
  const acme = await createSignedRegistry('acme');
  for (const name of [OTHER, HELLO]) await acme.add(await packedIndex(name, ['1.0.0'], withDependencies(name, npm)));
  await acme.publish();
  const createUserHere = (project: string): User => createUser(project, { acme, npm });
  const maker = createUserHere('maker');
  maker.trust(acme);
  const placeOf = (name: string): string => path.join(maker.sandbox.dir, name);
  const states = new Map<string, readonly string[]>();
  const closed: net.Server[] = [];
  let connections = 0;
  return {
    npm,
    acme,
    maker,
    createUser: createUserHere,
    revoke: async () => {
      await acme.add(await packedIndex(HELLO, ['1.0.0', '1.1.0']));
      await acme.write('advisories/AR-2026-0001.yaml', stringifyRecord(ADVISORY));
      await acme.publish();
    },
    bundleAs: async (name, user = maker) => {
      await ok(user.ar('bundle', '--out', placeOf(`${name}.tar`)));
      states.set(name, user.state());
    },
    bundleOf: (name) => placeOf(`${name}.tar`),
    stateAt: (name) => states.get(name) ?? [],
    disconnect: async (...more) => {
      for (const server of [npm, ...[acme, ...more].map((one) => one.server)]) {
        await server[Symbol.asyncDispose]();
        closed.push(await hangUp(server.url, () => (connections += 1)));
      }
    },
    connections: () => {
      const count = connections;
      connections = 0;
      return count;
    },
    [Symbol.asyncDispose]: async () => {
      if (closed.length === 0) for (const server of [npm, acme.server]) await server[Symbol.asyncDispose]();
      for (const server of closed) server.close();
      for (const one of [acme, maker]) one[Symbol.dispose]();
    },
  };
}

const NPM_PACKAGES = [
  {
    name: 'left',
    version: '1.0.0',
    code: 'export { right as left } from "right";\n',
    more: { dependencies: { right: '^1.0.0' } },
  },
  { name: 'right', version: '1.2.0', code: 'export const right = "from the bundle";\n' },
  { name: '@elsewhere/only', version: '1.0.0', code: '', more: { os: ['sunos'] } },
];

/** Installed with 1.0.0 of `HELLO` by then. */
const ADVISORY = {
  schemaVersion: 1,
  id: 'AR-2026-0001',
  modified: '2026-05-01T00:00:00Z',
  summary: 'Sends tokens to a stranger.',
  affected: [{ package: { ecosystem: 'AgentRelay', name: HELLO }, versions: ['1.0.0'] }],
  action: 'block-install',
};

/**
 * A plugin that says what its npm package says.
 *
 * @param more places in its lock, besides
 */
export function withDependencies(name: string, npm: NpmRegistry, more: object = {}): PackedParts {
  const pinned = (of: string, entry: object): object => ({ integrity: npm.integrity.get(of), ...entry });
  const dependencies = { left: '^1.0.0' };
  const lock = {
    name,
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name, version: '1.0.0', dependencies },
      'node_modules/@elsewhere/only': pinned('@elsewhere/only', { version: '1.0.0', optional: true, os: ['sunos'] }),
      'node_modules/left': pinned('left', { version: '1.0.0', dependencies: { right: '^1.0.0' } }),
      'node_modules/right': pinned('right', { version: '1.2.0' }),
      ...more,
    },
  };
  const code = `import { left } from 'left';\nexport default { name: '${name}', left };\n`;
  return {
    manifest: { dependencies },
    files: { 'ar-deps.lock.json': JSON.stringify(lock), 'dist/index.js': code, 'src/index.ts': code },
  };
}

function createUser(name: string, { acme, npm }: Pick<Bundling, 'acme' | 'npm'>): User {
  const sandbox = createSandbox();
  const project = path.join(sandbox.dir, name);
  fs.mkdirSync(project);
  const env = { AR_REGISTRY: acme.url, ...npmSettings(sandbox.home, npm.url) };
  const read = (file: string): string => {
    const full = path.join(project, file);
    return fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : '';
  };
  const startAr: User['startAr'] = (args, more = {}) =>
    sandbox.startAr(['plugin', ...args, '--project', project, '--yes'], { ...env, ...more });
  return {
    sandbox,
    project,
    env,
    startAr,
    ar: (...args) => startAr(args).ended,
    trust: (...registries) => {
      const folder = path.join(sandbox.home, '.config/agent-relay');
      fs.mkdirSync(folder, { recursive: true });
      const known = registries.map((one) => [
        one === acme ? 'acme' : 'corp',
        { url: one.url, root: one.fingerprint(), ...(one === acme ? {} : { scopes: ['@corp'] }) },
      ]);
      const config = { schemaVersion: 1, registries: Object.fromEntries(known) as object };
      fs.writeFileSync(path.join(folder, 'config.yaml'), JSON.stringify(config));
    },
    read,
    state: () => PROJECT_FILES.map(read),
    take: (state) => {
      for (const [index, file] of PROJECT_FILES.entries())
        fs.writeFileSync(path.join(project, file), state[index] ?? '');
    },
    [Symbol.dispose]: () => sandbox[Symbol.dispose](),
  };
}

async function hangUp(url: string, count: () => void): Promise<net.Server> {
  const server = net.createServer((socket) => {
    count();
    socket.destroy();
  });
  // An error that nobody listens for is thrown: the port is taken.
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  return server;
}
