import type { NamespacePer } from './namespaces.ts';

export interface MemoryConfig {
  readonly apiKey: string;
  readonly index: string;
  /** Where the index is; without it Pinecone is asked. */
  readonly indexHost?: string;
  /** Where Pinecone is asked. */
  readonly apiHost?: string;
  readonly namespace: string;
  readonly namespacePer: NamespacePer;
  readonly embeddings: EmbeddingsConfig;
  /** How many changes may wait on the disk. */
  readonly queueSize: number;
}

export type EmbeddingsConfig =
  | { readonly kind: 'local' }
  | { readonly kind: 'openai'; readonly apiKey: string; readonly model: string; readonly baseUrl: string };

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the configuration. Values from the environment are strings; both forms are accepted.
 *
 * @throws {TypeError} naming the variable, and never its value
 */
export function parseConfig(config: Values): MemoryConfig {
  const indexHost = parseUrl('PINECONE_INDEX_HOST', config['pineconeIndexHost']);
  const apiHost = parseUrl('PINECONE_API_HOST', config['pineconeApiHost']);
  return {
    apiKey: parseKey('PINECONE_API_KEY', config['pineconeApiKey']),
    index: parseText('PINECONE_INDEX', config['pineconeIndex'], /^[a-z0-9](?:[a-z0-9-]{0,43}[a-z0-9])?$/),
    ...(indexHost === undefined ? {} : { indexHost }),
    ...(apiHost === undefined ? {} : { apiHost }),
    namespace: parseText('PINECONE_NAMESPACE', config['pineconeNamespace'] ?? 'agent-relay', /^[\w-]{1,200}$/),
    namespacePer: parsePer(config['pineconeNamespacePer'] ?? 'none'),
    embeddings: parseEmbeddings(config),
    queueSize: parseNumber('PINECONE_QUEUE_SIZE', config['pineconeQueueSize'] ?? 10_000, { least: 1, most: 100_000 }),
  };
}

function parsePer(value: unknown): NamespacePer {
  if (value === 'none' || value === 'project' || value === 'agent') return value;
  throw new TypeError('PINECONE_NAMESPACE_PER must be none, project or agent.');
}

/** OpenAI where there is a key for it, unless it is said. */
function parseEmbeddings(config: Values): EmbeddingsConfig {
  const key = config['openaiApiKey'] === '' ? undefined : config['openaiApiKey'];
  const kind = config['pineconeEmbeddings'] ?? (key === undefined ? 'local' : 'openai');
  if (kind === 'local') return { kind };
  if (kind !== 'openai') throw new TypeError('PINECONE_EMBEDDINGS must be openai or local.');
  return {
    kind,
    apiKey: parseKey('OPENAI_API_KEY', key),
    model: parseText(
      'OPENAI_EMBEDDING_MODEL',
      config['openaiEmbeddingModel'] ?? 'text-embedding-3-small',
      /^[\w.:/-]+$/,
    ),
    // In full: the client would take another from its own variable.
    baseUrl: parseUrl('OPENAI_BASE_URL', config['openaiBaseUrl']) ?? 'https://api.openai.com/v1',
  };
}

/** It becomes a header. */
function parseKey(key: string, value: unknown): string {
  return parseText(key, value, /^[\x21-\x7e]+$/);
}

function parseText(key: string, value: unknown, pattern: RegExp): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new TypeError(`${key} is missing, or not what it must be: see the README.`);
}

/** Hosts without a scheme, as Pinecone tells them, are reached by https. */
function parseUrl(key: string, value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  const text = typeof value === 'string' && !/^https?:\/\//.test(value) ? `https://${value}` : value;
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (url && url.hostname !== '' && url.username === '' && url.search === '') return url.href.replace(/\/$/, '');
  throw new TypeError(`${key} must be the address of a host, without user name and query.`);
}

function parseNumber(
  key: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new TypeError(`${key} must be a whole number from ${least} to ${most}.`);
}
