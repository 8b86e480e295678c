/**
 * A memory as Pinecone keeps it: a vector, and flat metadata of texts, numbers and lists of texts. What the user put into
 * `metadata` is there twice: as JSON, to give it back as it was, and its plain fields one by one, to filter by.
 */
import type { AddMemoryOptions, MemoryEntry } from '@ar-registry/sdk';
import type { RecordMetadata } from '@pinecone-database/pinecone';

/** Pinecone takes 40 KB of metadata. */
const MAX_METADATA_BYTES = 40 * 1024;
const FIELD_PREFIX = 'meta_';
const TEXTS = ['source', 'agentId', 'projectId', 'sessionId'] as const;

/** @throws {TypeError} for what has no place in an index, in words for whoever wanted to keep it */
export function toMetadata(entry: MemoryEntry, embedder: string): RecordMetadata {
  const { content, createdAt, tags, metadata } = entry;
  if (typeof content !== 'string' || content === '') throw new TypeError('there is no text to remember');
  const texts = TEXTS.flatMap((name) => (typeof entry[name] === 'string' ? [[name, entry[name]]] : []));
  const record: RecordMetadata = {
    content,
    createdAt,
    embedder,
    ...(Object.fromEntries(texts) as RecordMetadata),
    ...(tags && tags.length > 0 ? { tags: tags.map(String) } : {}),
    ...(metadata ? { metadata: toJson(metadata), ...fieldsOf(metadata) } : {}),
  };
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes > MAX_METADATA_BYTES)
    throw new TypeError(`it has ${bytes} bytes, and the index takes ${MAX_METADATA_BYTES}`);
  return record;
}

/** Whoever can write to the index wrote it: nothing in it is certain. Undefined for what is no memory of this plugin. */
export function toEntry(id: string, metadata: RecordMetadata | undefined, score?: number): MemoryEntry | undefined {
  const { content, createdAt, tags, metadata: json } = metadata ?? {};
  if (typeof content !== 'string') return undefined;
  const texts = TEXTS.flatMap((name) => (typeof metadata?.[name] === 'string' ? [[name, metadata[name]]] : []));
  const own = typeof json === 'string' ? parseObject(json) : undefined;
  return {
    id,
    content,
    createdAt: typeof createdAt === 'number' ? createdAt : 0,
    ...(Object.fromEntries(texts) as Partial<MemoryEntry>),
    ...(Array.isArray(tags) ? { tags } : {}),
    ...(own ? { metadata: own } : {}),
    // Of texts that point away from each other there is no less than nothing in common.
    ...(score === undefined ? {} : { score: Math.min(1, Math.max(0, score)) }),
  };
}

/** What a field of the user's metadata is called in the index. */
export function fieldName(name: string): string {
  return `${FIELD_PREFIX}${name}`;
}

export function entryOf(
  content: string,
  options: AddMemoryOptions | undefined,
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
): MemoryEntry {
  return { id, content, createdAt, ...options };
}

function fieldsOf(metadata: Readonly<Record<string, unknown>>): RecordMetadata {
  const fields = Object.entries(metadata).filter(([, value]) => isPlain(value));
  return Object.fromEntries(fields.map(([name, value]) => [fieldName(name), value])) as RecordMetadata;
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new TypeError('its metadata are not JSON', { cause: error });
  }
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
