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
import { nearest, toSingleLine, truncate } from '@ar-registry/core/text';
import type {
  CategoriesDocument,
  ConfigDocument,
  Integrity,
  PluginDocument,
  PluginName,
  SearchIndexDocument,
  TagsDocument,
  Validator,
  Version,
  VersionDocument,
} from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';
import { createResponseCache, type CachedResponse, type ResponseCache } from './cache.ts';
import { CATEGORIES, CONFIG, SEARCH_INDEX, TAGS, pluginKind, versionKind, type Kind } from './kinds.ts';
import { httpGet, type HttpResponse } from './http.ts';
import { shown } from './report.ts';

export interface ApiClientOptions {
  /** Base URL, with or without a slash at the end; may hold a path. */
  readonly registryUrl: string;
  /** Folder for responses; none means that nothing is kept. */
  readonly cacheDir?: string;
  readonly userAgent: string;
  readonly timeoutMs?: number;
}

export interface ApiClient {
  /** Base URL, without credentials and without a slash at the end. */
  readonly registryUrl: string;
  config(signal: AbortSignal): Promise<ConfigDocument>;
  /** @throws PLUGIN_NOT_FOUND, with the names nearest to it */
  plugin(name: PluginName, signal: AbortSignal): Promise<PluginDocument>;
  /** Checked against the hash in the plugin document. @throws VERSION_NOT_FOUND, INTEGRITY_MISMATCH */
  version(name: PluginName, version: Version, signal: AbortSignal): Promise<VersionDocument>;
  /** Where an archive is: an address that may be written down, without the credentials of the registry. */
  archiveUrl(document: VersionDocument): string;
  /**
   * The bytes at `url`, at most `limitBytes` of them. Nothing is verified here: whoever unpacks does it. An address
   * below `registryUrl` is asked with the credentials of the registry.
   */
  download(url: string, limitBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** @throws README_NOT_FOUND */
  readme(name: PluginName, signal: AbortSignal): Promise<string>;
  searchIndex(signal: AbortSignal): Promise<SearchIndexDocument>;
  categories(signal: AbortSignal): Promise<CategoriesDocument>;
  tags(signal: AbortSignal): Promise<TagsDocument>;
}

const README_LIMIT_BYTES = 1024 * 1024;

/** @throws REGISTRY_URL_INVALID */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const base = parseBase(options.registryUrl);
  const registryUrl = shown(base);
  const ask = createAsk(options, createResponseCache(options.cacheDir));
  const document = async <T>({ route, limitBytes, load }: Kind<T>, signal: AbortSignal): Promise<T> => {
    const answer = await ask({ url: `${base}/${route}`, limitBytes }, signal);
    // It is in the cache because it was one: loading the validators is what is saved.
    if (answer.checked) return parseJson(answer.response.body, answer.response.url) as T;
    const value = parseDocument(answer.response, await load());
    await answer.keep();
    return value;
  };
  // Within one command a plugin is what it was when it was first asked for.
  const plugins = new Map<PluginName, Promise<PluginDocument>>();
  const client: ApiClient = {
    registryUrl,
    config: (signal) => document(CONFIG, signal),
    plugin: (name, signal) => {
      const known = plugins.get(name);
      if (known) return known;
      const asked = fetchPlugin(name, () => document(pluginKind(name), signal), { client, signal });
      plugins.set(name, asked);
      asked.catch(() => plugins.delete(name));
      return asked;
    },
    version: (name, version, signal) => fetchVersion({ name, version }, { client, ask, base, signal }),
    archiveUrl: (version) => archiveUrl(version, registryUrl),
    download: async (url, limitBytes, signal) => {
      const own = url.startsWith(`${registryUrl}/`) ? base + url.slice(registryUrl.length) : url;
      const headers = { 'user-agent': options.userAgent, 'accept-encoding': 'identity' };
      const response = await httpGet({ url: own, headers, limitBytes, timeoutMs: timeoutOf(options), signal });
      return found(response, () => statusError(response));
    },
    readme: async (name, signal) => {
      const answer = await ask({ url: `${base}/${routes.readme(name)}`, limitBytes: README_LIMIT_BYTES }, signal);
      const body = found(answer.response, () => new ArError('README_NOT_FOUND', { plugin: name }));
      await answer.keep();
      return body.toString('utf8');
    },
    searchIndex: (signal) => document(SEARCH_INDEX, signal),
    categories: (signal) => document(CATEGORIES, signal),
    tags: (signal) => document(TAGS, signal),
  };
  return client;
}

interface Answer {
  readonly response: HttpResponse;
  /** The body is as it was when this very client checked it. */
  readonly checked: boolean;
  /** Keeps what just arrived for the next time, as checked. */
  keep(): Promise<void>;
}

interface Question {
  readonly url: string;
  readonly limitBytes: number;
  /** Hash of the body, where it is known: then nobody needs to be asked for what is kept. */
  readonly pinned?: Integrity;
}

type Ask = (question: Question, signal: AbortSignal) => Promise<Answer>;

function parseBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ArError('REGISTRY_URL_INVALID', { url: shown(url?.href ?? text.replace(/\/\/.*@/s, '//')) });
  url.search = '';
  url.hash = '';
  return url.href.replace(/\/+$/, '');
}

function timeoutOf({ timeoutMs = 30_000 }: ApiClientOptions): number {
  return timeoutMs;
}

/** Asks for documents: compressed on the way, and kept for the next time. */
function createAsk(options: ApiClientOptions, cache: ResponseCache): Ask {
  const { userAgent } = options;
  return async ({ url, limitBytes, pinned }, signal) => {
    const cached = await cache.get(url);
    const kept = (response: HttpResponse): Answer => ({
      response: { ...response, status: 200, body: cached?.body ?? response.body },
      checked: cached?.checkedBy === userAgent,
      keep: async () => undefined,
    });
    if (cached && pinned !== undefined && cached.integrity === pinned && cached.checkedBy === userAgent)
      return kept({ url, status: 200, headers: {}, body: cached.body });
    const response = await httpGet({
      url,
      headers: { 'user-agent': userAgent, 'accept-encoding': 'br, gzip', ...conditionsOf(cached) },
      limitBytes,
      timeoutMs: timeoutOf(options),
      signal,
    });
    if (response.status === 304 && cached) return kept(response);
    return { response, checked: false, keep: () => keepIn(cache, url, { response, checkedBy: userAgent, pinned }) };
  };
}

function conditionsOf(cached: CachedResponse | undefined): Readonly<Record<string, string>> {
  return {
    ...(cached?.etag === undefined ? {} : { 'if-none-match': cached.etag }),
    ...(cached?.lastModified === undefined ? {} : { 'if-modified-since': cached.lastModified }),
  };
}

async function keepIn(
  cache: ResponseCache,
  url: string,
  { response, checkedBy, pinned }: { response: HttpResponse; checkedBy: string; pinned: Integrity | undefined },
): Promise<void> {
  const { etag, 'last-modified': lastModified } = response.headers;
  // What can neither be asked for again nor is pinned would never be used.
  if (response.status !== 200 || (etag === undefined && lastModified === undefined && pinned === undefined)) return;
  await cache.set(url, {
    body: response.body,
    checkedBy,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(pinned === undefined ? {} : { integrity: pinned }),
  });
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
  const { plugins } = await client.searchIndex(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (isArError(error)) return { plugins: [] };
    throw error;
  });
  const names = plugins.flatMap((plugin) => [plugin.name, ...(plugin.aliases ?? [])]);
  const sameBase = names.filter((other) => splitName(other).base === splitName(name).base);
  return [...new Set([...sameBase, ...nearest(name, names, 3)])].slice(0, 3);
}

async function fetchVersion(
  { name, version }: { name: PluginName; version: Version },
  { client, ask, base, signal }: { client: ApiClient; ask: Ask; base: string; signal: AbortSignal },
): Promise<VersionDocument> {
  const plugin = await client.plugin(name, signal);
  const entry = plugin.versions.find((candidate) => candidate.version === version);
  const available = plugin.versions.slice(0, 10).map((candidate) => candidate.version);
  if (!entry) throw new ArError('VERSION_NOT_FOUND', { plugin: name, wanted: version, available });
  const { route, limitBytes, load } = versionKind(name, version);
  const answer = await ask({ url: `${base}/${route}`, limitBytes, pinned: entry.document }, signal);
  const { response } = answer;
  if (answer.checked) return parseJson(response.body, response.url) as VersionDocument;
  const document = parseDocument(response, await load());
  const url = shown(response.url);
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

function parseDocument<T>(response: HttpResponse, validator: Validator<T>): T {
  const body = found(response, () => statusError(response));
  const url = shown(response.url);
  const value = parseJson(body, url);
  const schemaVersion = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof schemaVersion === 'number' && schemaVersion > 1)
    throw new ArError('REGISTRY_UNSUPPORTED', { url, needs: `a client for format ${schemaVersion}` });
  const result = validator(value);
  if (result.ok) return result.value;
  const [first] = result.errors;
  const problem = `${toSingleLine(truncate(first?.instancePath ?? '', 200)) || 'the document'} ${first?.message ?? 'is not valid'}`;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem });
}

function parseJson(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    const problem = /^\s*</.test(body.subarray(0, 100).toString('latin1')) ? 'it sent a web page' : 'it sent no JSON';
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem }, { cause });
  }
}

function found(response: HttpResponse, missing: () => ArError): Buffer {
  if (response.status === 200) return response.body;
  throw response.status === 404 || response.status === 410 ? missing() : statusError(response);
}

function statusError({ url, status }: HttpResponse): ArError {
  return new ArError('REGISTRY_STATUS', { url: shown(url), status });
}
