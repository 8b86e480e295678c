/** What a command has of the world. Made once by `main.ts`; what costs time is made when a command first asks for it. */
import fs from 'node:fs';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { dataPaths, resolveConfigDir, resolveDataDir } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import type { ApiClient, ApiClientOptions, TrustOptions } from '@ar-registry/io/api-client';
import { readTextIfExists } from '@ar-registry/io/files';
import type { Project } from '@ar-registry/io/project';
import { findProject, hasProjectFile } from '@ar-registry/io/project-dir';
import type { PluginName, UserConfig } from '@ar-registry/schemas';
import type { Transport } from './bundle/transport.ts';
import type { Globals } from './globals.ts';
import type { Output } from './output.ts';
import type { Confirm, Questions } from './prompt.ts';
import { isRelativeFolder, registryAddress } from './registry-address.ts';
import type { Happened } from './telemetry/happened.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The public registry, used where nothing else is configured. */
const DEFAULT_REGISTRY = 'https://registry.agentrelay.dev';

export interface Context {
  /** Absolute. Paths on the command line are relative to it. */
  readonly cwd: string;
  readonly env: Env;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly globals: Globals;
  readonly output: Output;
  readonly confirm: Confirm;
  readonly questions: Questions;
  /** Version of this program. */
  readonly version: string;
  /** Where agent-relay keeps its data; absolute. */
  readonly dataDir: string;
  /** Where the user's own settings are, below `$XDG_CONFIG_HOME` or `~/.config`; absolute. */
  readonly configDir: string;
  /** From here on signals are the command's own affair: for one that runs another program in its place. */
  readonly releaseSignals: () => void;
  /** All of the standard input. */
  readonly readInput: () => Promise<string>;
  /**
   * Folder of the project: --project, --global, else the nearest with `ar-plugins.yaml` at or above `cwd`, else `cwd`.
   *
   * @throws PROJECT_FOREIGN
   */
  readonly projectDir: () => Promise<string>;
  /**
   * URL of the registry for all scopes that are not bound to one: --registry, AR_REGISTRY, `registries.default` of
   * `ar-plugins.yaml` or of the user's `config.yaml`, or the public registry.
   *
   * @throws FILE_INVALID, REGISTRY_CONFLICT, REGISTRY_TOKEN_REFUSED
   */
  readonly registryUrl: () => Promise<string>;
  /** All registries: each plugin is asked from that of its scope. @throws as `registryUrl`, and REGISTRY_URL_INVALID */
  readonly registry: () => Promise<ApiClient>;
  /** The one registry of a plugin, for what is asked of a registry as a whole. @throws as `registry` */
  readonly registryOf: (name: PluginName) => Promise<ApiClient>;
  /** URL of the registry that the plugin's scope is bound to; undefined where it is bound to none. */
  readonly boundTo: (name: PluginName) => Promise<string | undefined>;
  /** Each registry on its own, that for all other scopes first. @throws as `registry` */
  readonly registries: () => Promise<readonly ApiClient[]>;
  /** The same command with something between it and the registries. */
  readonly through: (transport: Transport) => Context;
  /** What stands there now. */
  readonly transport?: Transport | undefined;
  /** URLs of the folders that the command line or the project names by a relative path. */
  readonly relativeRegistries: () => Promise<ReadonlySet<string>>;
  /** The user's own settings; undefined if there are none. @throws FILE_INVALID */
  readonly userConfig: () => Promise<UserConfig | undefined>;
  /** Notes what a registry may be told once the command is done, if the user said so. */
  readonly tell: (what: Happened) => void;
}

export interface Registries {
  readonly url: string;
  readonly client: ApiClient;
  /** @param scope without its `@` */
  readonly of: (scope: string) => ApiClient;
  /** Scope, without its `@`, → URL. */
  readonly bound: ReadonlyMap<string, string>;
  readonly all: readonly ApiClient[];
  readonly relative: ReadonlySet<string>;
}

/** What `main.ts` knows from the start. */
export type World = Pick<
  Context,
  | 'cwd'
  | 'env'
  | 'signal'
  | 'releaseSignals'
  | 'now'
  | 'globals'
  | 'output'
  | 'confirm'
  | 'questions'
  | 'version'
  | 'readInput'
  | 'tell'
> & {
  /** Absolute; undefined where nobody knows it. */
  readonly home: string | undefined;
  /** Nothing is written: an interrupted change to the project stays as it is, and no answer of a registry is kept. */
  readonly looksOnly?: boolean | undefined;
  /** What a registry itself calls fresh is not asked for again. */
  readonly freshWillDo?: boolean | undefined;
  readonly transport?: Transport | undefined;
};

/** @throws HOME_UNKNOWN, DATA_DIR_RELATIVE */
export function createContext(world: World): Context {
  const { cwd, env, globals } = world;
  const dataDir = path.resolve(resolveDataDir(env, world.home));
  const configDir = path.resolve(resolveConfigDir(env, world.home));
  const projectDir = once(async () => {
    if (globals.global) return path.join(dataDir, dataPaths.global);
    if (globals.project !== undefined) return path.resolve(cwd, globals.project);
    return findProject(cwd, {
      home: world.home,
      trustedUid: sudoUser(env),
      onForeign: (file) => world.output.warn(`${file} is not used: it belongs to another user.`),
    });
  });
  const userConfig = once(() => readUserConfig(configDir));
  const registries = once(async () => {
    const dir = await projectDir();
    return connect(world, { dir, configDir, dataDir, userConfig });
  });
  return {
    ...world,
    dataDir,
    configDir,
    projectDir,
    registryUrl: async () => (await registries()).url,
    registry: async () => (await registries()).client,
    registryOf: async (name) => (await registries()).of(splitName(name).scope),
    boundTo: async (name) => (await registries()).bound.get(splitName(name).scope),
    registries: async () => (await registries()).all,
    relativeRegistries: async () => (await registries()).relative,
    userConfig,
    through: (transport) => createContext({ ...world, transport }),
  };
}

/** Of the user's own settings, in `configDir`. */
export const USER_CONFIG_FILE = 'config.yaml';

interface Places {
  readonly dir: string;
  readonly configDir: string;
  readonly dataDir: string;
  readonly userConfig: Context['userConfig'];
}

async function connect(world: World, { dir, configDir, dataDir, userConfig }: Places): Promise<Registries> {
  const { cwd, env, globals } = world;
  const { createApiClient } = await import('@ar-registry/io/api-client');
  const given = globals.registry ?? (env['AR_REGISTRY'] || undefined);
  const relative = new Set<string>();
  const toUrlIn = (folder: string) => (written: string) => {
    const url = registryAddress(written, folder);
    if (isRelativeFolder(written, url)) relative.add(url.replace(/\/+$/, ''));
    return url;
  };
  const givenToUrl = toUrlIn(cwd);
  const project = (await readProjectIfAny(dir, dataDir, world.looksOnly))?.wanted.registries;
  const user = (await userConfig())?.registries;
  const common = await commonOptions(world, dataDir);
  const adapt = world.transport?.adapt ?? ((client: ApiClient) => client);
  if (!project && !user) {
    const url = given === undefined ? DEFAULT_REGISTRY : givenToUrl(given);
    const client = adapt(createApiClient({ ...common, registryUrl: url }));
    return { url, client, of: () => client, bound: new Map(), all: [client], relative };
  }
  const { openRegistries } = await import('./registries.ts');
  const binding = {
    given,
    givenToUrl,
    project: { registries: project, toUrl: toUrlIn(dir) },
    user: { registries: user, toUrl: (written: string) => registryAddress(written, configDir) },
    fallbackUrl: DEFAULT_REGISTRY,
  };
  return { ...openRegistries({ binding, common, adapt }, world), relative };
}

type CommonOptions = Omit<ApiClientOptions, 'registryUrl'> & { readonly trust: TrustOptions };

async function commonOptions(world: World, dataDir: string): Promise<CommonOptions> {
  const { createAdvisoryStore } = await import('@ar-registry/io/advisories');
  const kept = world.looksOnly ? {} : { advisories: createAdvisoryStore(dataDir) };
  const cache = world.looksOnly ? {} : { cacheDir: path.join(dataDir, dataPaths.responses) };
  const direct = { ...clientOptions(world), ...cache, ...kept, trust: trustOptions(world, dataDir) };
  return world.transport?.options(direct) ?? direct;
}

/** What is the same for every registry that is asked. */
export function clientOptions({
  env,
  globals,
  output,
  version,
  now,
  freshWillDo,
}: Pick<World, 'env' | 'globals' | 'output' | 'version' | 'now' | 'freshWillDo'>): Omit<
  ApiClientOptions,
  'registryUrl'
> {
  const agents = once(async () => (await import('@ar-registry/io/registries')).createProxyAgents(env));
  return {
    userAgent: `ar-plugin/${version} node/${process.versions.node}`,
    offline: globals.offline,
    timeoutMs: timeoutMs(env),
    agentFor: hasProxy(env) ? async (protocol) => (await agents())(protocol) : undefined,
    onNote: output.detail,
    ...(freshWillDo ? { nowMs: () => now().getTime() } : {}),
  };
}

function trustOptions(
  { looksOnly = false, freshWillDo = false, globals, now, output }: World,
  dataDir: string,
): TrustOptions {
  return {
    folder: path.join(dataDir, dataPaths.trust),
    writes: !looksOnly,
    nowMs: () => now().getTime(),
    freshWillDo,
    allowStale: globals['allow-stale'],
    onFirstUse: (url, fingerprint) =>
      output.warn(
        `${url} is signed, and trusted from now on by its root with the fingerprint ${fingerprint}. Compare it with what its makers publish.`,
      ),
  };
}

function hasProxy(env: Env): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => Boolean(env[name]));
}

/** @throws USAGE */
function timeoutMs(env: Env): number | undefined {
  const text = env['AR_HTTP_TIMEOUT'];
  if (!text) return undefined;
  const seconds = /^\d{1,3}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds * 1000;
  const problem = `AR_HTTP_TIMEOUT cannot be ${text}; it is a number of seconds below 1000.`;
  throw new ArError('USAGE', { problem, help: 'ar help registries' });
}

/** Who called `sudo`: his files are as good as root's, to root. */
function sudoUser(env: Env): number | undefined {
  const uid = env['SUDO_UID'];
  return process.getuid?.() === 0 && uid !== undefined && /^\d{1,10}$/.test(uid) ? Number(uid) : undefined;
}

/** The user's own settings; undefined if there are none. @throws FILE_INVALID */
export async function readUserConfig(configDir: string): Promise<UserConfig | undefined> {
  const file = path.join(configDir, USER_CONFIG_FILE);
  // Most people have none, and to ask at once costs less than to load what reads it.
  const text = fs.existsSync(file) ? await readTextIfExists(file) : undefined;
  if (text === undefined) return undefined;
  const { parseUserConfig } = await import('@ar-registry/core/registries');
  return parseUserConfig(text, file);
}

/**
 * The project's files, or undefined where nothing was ever installed: then what reads them is not even loaded.
 *
 * @throws FILE_INVALID
 */
export async function readProjectIfAny(dir: string, dataDir: string, looksOnly = false): Promise<Project | undefined> {
  if (!(await hasProjectFile(dir))) return undefined;
  const { peekProject, readProject } = await import('@ar-registry/io/project');
  return looksOnly ? peekProject(dir, dataDir) : readProject(dir, dataDir);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
