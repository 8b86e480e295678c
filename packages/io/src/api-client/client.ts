/**
 * The registry as a client sees it: static files behind a base URL.
 *
 * The server, and whoever sits between, is untrusted: each document is checked against its schema, what is pinned by a
 * hash is compared with it, and archives are verified before anyone unpacks them.
 */
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import { sameIntegrity } from '@ar-registry/core/integrity';
import { URL_TEMPLATES, routes } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import { nearest, toSingleLine } from '@ar-registry/core/text';
import type { Advisory } from '@ar-registry/core/advisory';
import type { SearchEntry, SearchQuery, SearchResult } from '@ar-registry/core/search';
import type { LogIdentity } from '@ar-registry/core/transparency';
import type {
  AdvisoriesDocument,
  CategoriesDocument,
  ConfigDocument,
  Integrity,
  PluginDocument,
  PluginName,
  SearchIndexDocument,
  TagsDocument,
  Version,
  VersionDocument,
} from '@ar-registry/schemas';
import type { AdvisoryStore } from '../advisories/index.ts';
import { integrityOf } from '../digest/index.ts';
import { createAsk, type Ask, type Question } from './ask.ts';
import { createResponseCache } from './cache.ts';
import type { Knowing } from './delta-client.ts';
import { createDownload } from './download.ts';
import { createFallOver, isMissing } from './fall-over.ts';
import { ADVISORIES, CATEGORIES, CONFIG, SEARCH_INDEX, TAGS, pluginKind, versionKind, type Kind } from './kinds.ts';
import { mirrorsOf } from './mirrors.ts';
import type { MissingFile } from './not-on-mirror.ts';
import { found, parseDocument, parseJson, statusError } from './parse.ts';
import { TIMEOUT_MS, createGet, isFolder, parseBase, type ReachOptions } from './reach.ts';
import { shown } from './report.ts';
import { createAskMetadata } from './trust/ask-metadata.ts';
import { createVerifiedAsk, type TrustOptions } from './trust/verified-ask.ts';

export interface ApiClientOptions extends ReachOptions {
  /** Base URLs that are asked in turn where the registry is out of order, besides those that it names itself. */
  readonly mirrors?: readonly string[];
  /** Folder for responses; none means that nothing is kept. */
  readonly cacheDir?: string;
  readonly userAgent: string;
  /** Nobody is asked: what is not in the cache is an error. */
  readonly offline?: boolean;
  /**
   * The moment, for whom it will do what the registry itself calls fresh (`Cache-Control: max-age`, ten minutes at most).
   * Without it every document is asked for anew, unless its hash is known.
   */
  readonly nowMs?: () => number;
  /** Without it nobody asks whether the registry is signed. A folder is never asked. */
  readonly trust?: TrustOptions;
  /** Keeps the advisories of registries for whoever cannot ask. */
  readonly advisories?: AdvisoryStore;
  /** Told what goes on behind a request: one line, without an end. */
  readonly onNote?: (text: string) => void;
}

export interface ApiClient {
  /** Base URL, without credentials and without a slash at the end. */
  readonly registryUrl: string;
  /** Base URL of the registry that is asked for this plugin, in the same form. */
  registryOf(name: PluginName): string;
  config(signal: AbortSignal): Promise<ConfigDocument>;
  /**
   * To be said before several plugins are asked for: of those that are kept, one question may then tell which need not be.
   *
   * @throws REGISTRY_UNREACHABLE
   */
  prepare(names: readonly PluginName[], signal: AbortSignal): Promise<void>;
  /** @throws PLUGIN_NOT_FOUND, with the names nearest to it */
  plugin(name: PluginName, signal: AbortSignal): Promise<PluginDocument>;
  /** Checked against the hash in the plugin document. @throws VERSION_NOT_FOUND, INTEGRITY_MISMATCH */
  version(name: PluginName, version: Version, signal: AbortSignal): Promise<VersionDocument>;
  /**
   * All that the registry of this plugin knows against versions of any of its plugins. The last that is known where nobody
   * may be asked, or where the registry has no such list; nothing if that is nothing.
   */
  advisories(name: PluginName, signal: AbortSignal): Promise<readonly Advisory[]>;
  /** Where an archive is: an address that may be written down, without the credentials of the registry. */
  archiveUrl(document: VersionDocument): string;
  /**
   * The bytes at `url`, at most `limitBytes` of them. Nothing is verified here: whoever unpacks does it. An address
   * below `registryUrl` is asked with the credentials of the registry.
   */
  download(url: string, limitBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** @throws README_NOT_FOUND */
  readme(name: PluginName, signal: AbortSignal): Promise<string>;
  /** All plugins of a small registry; `search` is for those of any size. */
  searchIndex(signal: AbortSignal): Promise<SearchIndexDocument>;
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchResult>;
  /** Plugins that somebody may have meant who wrote `name`: all of a small registry. */
  pluginsNear(name: string, signal: AbortSignal): Promise<readonly SearchEntry[]>;
  categories(signal: AbortSignal): Promise<CategoriesDocument>;
  tags(signal: AbortSignal): Promise<TagsDocument>;
  /** Whose log of decisions the registry keeps, as what is trusted of it says; undefined for one that keeps none. */
  log(signal: AbortSignal): Promise<LogIdentity | undefined>;
  /** The bytes of another file, whose route is of our own making; verified where the registry signs it. */
  file(route: string, limitBytes: number, signal: AbortSignal): Promise<Buffer>;
}

const README_LIMIT_BYTES = 1024 * 1024;

/** @throws REGISTRY_URL_INVALID, REGISTRY_TOKEN_REFUSED */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const base = parseBase(options.registryUrl);
  const registryUrl = shown(base);
  const { ask, download, isSigned, logOf, whyMissing, prepare } = connect(base, options);
  const document = async <T>({ load, ...question }: Kind<T>, signal: AbortSignal): Promise<T> => {
    const answer = await ask(question, signal);
    if (answer.checked) return parseJson(answer.response.body, answer.response.url) as T;
    const value = parseDocument(answer.response, await load());
    await answer.keep();
    return value;
  };
  // Within one command a plugin is what it was when it was first asked for.
  const plugins = new Map<PluginName, Promise<PluginDocument>>();
  let advisories: Promise<readonly Advisory[]> | undefined;
  const client: ApiClient = {
    registryUrl,
    registryOf: () => registryUrl,
    config: (signal) => document(CONFIG, signal),
    prepare,
    plugin: (name, signal) => {
      const known = plugins.get(name);
      if (known) return known;
      const asked = fetchPlugin(name, () => document(pluginKind(name), signal), { client, signal });
      plugins.set(name, asked);
      asked.catch(() => plugins.delete(name));
      return asked;
    },
    version: (name, version, signal) => fetchVersion({ name, version }, { client, ask, whyMissing, signal }),
    advisories: (_name, signal) =>
      (advisories ??= fetchAdvisories(() => document(ADVISORIES, signal), registryUrl, options.advisories)),
    archiveUrl: (version) => archiveUrl(version, registryUrl),
    download,
    readme: (name, signal) => fetchReadme(name, { client, ask, isSigned, whyMissing }, signal),
    searchIndex: (signal) => document(SEARCH_INDEX, signal),
    search: async (query, signal) => (await import('./search-client.ts')).searchRegistry(ask, query, signal),
    pluginsNear: async (name, signal) => (await import('./search-client.ts')).pluginsNear(ask, name, signal),
    categories: (signal) => document(CATEGORIES, signal),
    tags: (signal) => document(TAGS, signal),
    log: logOf,
    file: (route, limitBytes, signal) => fetchFile({ route, limitBytes, what: route }, ask, signal),
  };
  return client;
}

async function fetchReadme(
  name: PluginName,
  { client, ask, isSigned, whyMissing }: Pick<Connection, 'ask' | 'isSigned' | 'whyMissing'> & { client: ApiClient },
  signal: AbortSignal,
): Promise<string> {
  const question = { route: routes.readme(name), limitBytes: README_LIMIT_BYTES, what: `The README of ${name}` };
  const plugin = (await isSigned(signal)) ? await client.plugin(name, signal) : undefined;
  const pinned = plugin?.readme?.integrity;
  const answer = await ask(pinned === undefined ? question : { ...question, pinned }, signal);
  const { response } = answer;
  if (plugin && pinned !== undefined)
    await whyMissing({ ...question, response, name, version: plugin.version, signal });
  const body = found(response, () => new ArError('README_NOT_FOUND', { plugin: name }));
  if (pinned !== undefined) assertSame(question.what, pinned, integrityOf(body));
  await answer.keep();
  return body.toString('utf8');
}

async function fetchFile(question: Question, ask: Ask, signal: AbortSignal): Promise<Buffer> {
  const answer = await ask(question, signal);
  const { response } = answer;
  const body = found(response, () => statusError(response));
  await answer.keep();
  return body;
}

async function fetchAdvisories(
  fetch: () => Promise<AdvisoriesDocument>,
  registryUrl: string,
  store: AdvisoryStore | undefined,
): Promise<readonly Advisory[]> {
  try {
    const list = await fetch();
    await store?.keep(registryUrl, list);
    return list.advisories;
  } catch (error) {
    const isAbsent = hasCode(error, 'REGISTRY_STATUS') && (error.facts.status === 404 || error.facts.status === 410);
    if (!isAbsent && !hasCode(error, 'OFFLINE_NOT_CACHED')) throw error;
    // What was revoked once stays so, though the registry may have forgotten it.
    const kept = await store?.read(registryUrl);
    return kept?.kind === 'kept' ? kept.list : [];
  }
}

interface Connection extends Pick<ApiClient, 'download' | 'prepare'> {
  readonly ask: Ask;
  readonly isSigned: (signal: AbortSignal) => Promise<boolean>;
  readonly logOf: ApiClient['log'];
  /** @throws NOT_ON_MIRROR where it is missing, and a mirror says why */
  readonly whyMissing: (file: MissingFile) => Promise<void>;
}

/** All that goes over the network. */
function connect(base: string, options: ApiClientOptions): Connection {
  const { userAgent, offline = false, onNote } = options;
  const cache = createResponseCache(isFolder(base) ? undefined : options.cacheDir);
  // A folder is read without a network too, but not its mirrors elsewhere.
  const isAsked = (mirror: string): boolean => !(offline && isFolder(base)) || isFolder(mirror);
  const configured = (options.mirrors ?? []).map(parseBase).filter(isAsked);
  const mirrors = (): Promise<readonly string[]> => mirrorsOf({ base, configured, cache });
  const get = createGet(base, options);
  const fallOver = createFallOver({ primary: base, mirrors, onNote });
  const asking = createAsk({
    base,
    get,
    cache,
    fallOver,
    mirrors,
    userAgent,
    offline: offline && !isFolder(base),
    nowMs: options.nowMs,
  });
  let know: Knowing | undefined;
  const ask: Ask = (question, signal) => asking(know?.(question) ?? question, signal);
  const { trust } = options;
  const verified =
    trust && !isFolder(base)
      ? createVerifiedAsk({
          base,
          ask,
          offline,
          trust,
          askMetadata: (signal) => createAskMetadata({ get, fallOver, userAgent, signal }),
        })
      : { ask, isSigned: async () => false, logOf: async () => undefined };
  return {
    ...verified,
    prepare: async (names, signal) => {
      // Of one it is asked at once.
      if (offline || !cache.keeps || names.length < 2) return;
      const { askDelta } = await import('./delta-client.ts');
      const withinMs = (options.timeoutMs ?? TIMEOUT_MS) / 3;
      const { isSigned } = verified;
      know = await askDelta(names, { base, ask, cache, userAgent, onNote, isSigned, withinMs }, signal);
    },
    whyMissing: async (file) => {
      if (isMissing(file.response)) await (await import('./not-on-mirror.ts')).assertOnMirror(file, get);
    },
    download: createDownload({ base, get, fallOver, userAgent, offline }),
  };
}

async function fetchPlugin(
  name: PluginName,
  fetch: () => Promise<PluginDocument>,
  { client, signal }: { readonly client: ApiClient; readonly signal: AbortSignal },
): Promise<PluginDocument> {
  try {
    const plugin = await fetch();
    if (plugin.name === name) return plugin;
    const url = `${client.registryUrl}/${routes.plugin(name)}`;
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: `it speaks of ${toSingleLine(plugin.name)}` });
  } catch (error) {
    if (!hasCode(error, 'REGISTRY_STATUS') || (error.facts.status !== 404 && error.facts.status !== 410)) throw error;
    // A server that is no registry at all says 404 too: the configuration tells the two apart.
    await client.config(signal);
    const suggestions = await suggest(name, client, signal);
    throw new ArError(
      'PLUGIN_NOT_FOUND',
      { plugin: name, registry: client.registryUrl, suggestions },
      { cause: error },
    );
  }
}

/** Names near to what was typed; a name that differs in its scope alone counts as near. None if they are not known. */
async function suggest(name: PluginName, client: ApiClient, signal: AbortSignal): Promise<readonly string[]> {
  const plugins = await client.pluginsNear(name, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (isArError(error)) return [];
    throw error;
  });
  const names = plugins.flatMap((plugin) => [plugin.name, ...(plugin.aliases ?? [])]);
  const sameBase = names.filter((other) => splitName(other).base === splitName(name).base);
  return [...new Set([...sameBase, ...nearest(name, names, 3)])].slice(0, 3);
}

async function fetchVersion(
  { name, version }: { name: PluginName; version: Version },
  {
    client,
    ask,
    whyMissing,
    signal,
  }: Pick<Connection, 'ask' | 'whyMissing'> & { client: ApiClient; signal: AbortSignal },
): Promise<VersionDocument> {
  const plugin = await client.plugin(name, signal);
  const entry = plugin.versions.find((candidate) => candidate.version === version);
  const available = plugin.versions.slice(0, 10).map((candidate) => candidate.version);
  if (!entry) throw new ArError('VERSION_NOT_FOUND', { plugin: name, wanted: version, available });
  const { load, ...question } = versionKind(name, version);
  const answer = await ask({ ...question, pinned: entry.document }, signal);
  const { response } = answer;
  await whyMissing({ response, route: question.route, name, version, signal });
  const url = shown(response.url);
  if (answer.checked) {
    const kept = parseJson(response.body, url) as VersionDocument;
    // What is kept was compared with the list of that day.
    assertSame(url, entry.integrity, kept.dist.integrity);
    return kept;
  }
  const document = parseDocument(response, await load());
  assertSame(url, entry.document, integrityOf(response.body));
  assertSame(url, entry.integrity, document.dist.integrity);
  // The two documents come from one server, so that they agree proves nothing about whose they are.
  const { manifest } = document;
  const other = [document, manifest].find((part) => part.name !== name || part.version !== version);
  if (!other) {
    await answer.keep();
    return document;
  }
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: `it speaks of ${other.name}@${other.version}` });
}

function assertSame(archive: string, expected: Integrity, actual: Integrity): void {
  if (!sameIntegrity(actual, expected)) throw new ArError('INTEGRITY_MISMATCH', { archive, expected, actual });
}

function archiveUrl({ name, version, dist }: VersionDocument, registryUrl: string): string {
  if (!dist.tarball.startsWith('store:')) return dist.tarball;
  return `${registryUrl}/${URL_TEMPLATES.download.replace('{name}', name).replace('{version}', version)}`;
}
