/** The index: the official client twice, once for what somebody waits for, once for what must get there in the end. */
import { Errors, Pinecone, type Index, type PineconeRecord } from '@pinecone-database/pinecone';
import type { MemoryEntry } from '@ar-registry/sdk';
import type { MemoryConfig } from './config.ts';
import { filterOf, type Scope } from './filter.ts';
import { createNamespaces, type Namespaces } from './namespaces.ts';
import { toEntry } from './record.ts';

/** Of the service, for one request. */
export const MAX_RECORDS = 100;
export const MAX_REQUEST_BYTES = 2 * 1024 * 1024;
const MAX_DELETIONS = 1000;
/** Of ids in an address, and of a page. */
const PAGE = 100;
/** Of newest entries that are looked through for those of one agent. */
const MAX_PAGES = 50;
/** Of namespaces that are asked. */
const AT_ONCE = 10;

export interface Store {
  /** How long the index's vectors are. */
  readonly dimension: number;
  upsert(records: readonly PineconeRecord[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  clear(scope: Scope): Promise<void>;
  /** @param filter of memories of that scope, or more */
  query(asked: { vector: readonly number[]; scope: Scope; filter: object; topK: number }): Promise<MemoryEntry[]>;
  get(id: string): Promise<MemoryEntry | undefined>;
  /** Of each namespace, newest first; it is left when `wants` is content. */
  newest(scope: Scope, wants: (entry: MemoryEntry, namespace: string) => boolean): Promise<void>;
  count(): Promise<number>;
}

export interface StoreFetches {
  /** Gives up in time for whoever waits. */
  readonly reading: typeof globalThis.fetch;
  /** Goes on until it works. */
  readonly writing: typeof globalThis.fetch;
}

/**
 * Asks where the index is and what it holds.
 *
 * @throws {TypeError} for an index that this plugin cannot use; what Pinecone says
 */
export async function openStore(config: MemoryConfig, fetches: StoreFetches, by: keyof StoreFetches): Promise<Store> {
  const clients = { reading: clientOf(config, fetches.reading), writing: clientOf(config, fetches.writing) };
  const host = config.indexHost ?? (await findHost(clients[by], config.index));
  const namespaces = createNamespaces(config.namespace, config.namespacePer);
  const reader = clients.reading.index({ host });
  const writer = clients.writing.index({ host });
  const { dimension } = await (by === 'reading' ? reader : writer).describeIndexStats();
  if (dimension === undefined) throw new TypeError(`The index ${config.index} has no dense vectors.`);
  return { dimension, ...writesOf(writer, namespaces), ...readsOf(reader, namespaces) };
}

async function findHost(client: Pinecone, name: string): Promise<string> {
  const { host, schema } = await client.indexes.describe(name);
  // Vectors of length 1: the dot product is the cosine.
  const other = Object.values(schema.fields).find((field) => 'metric' in field && field.metric === 'euclidean');
  if (other) throw new TypeError(`The index ${name} compares by distance; this plugin needs one with cosine.`);
  return host;
}

/** Whether the index, or its namespace, is not there. */
function isMissing(error: unknown): boolean {
  return error instanceof Errors.PineconeNotFoundError;
}

/** Whether what was sent can never be taken: another try would end in the same way. */
export function isRefusal(error: unknown): boolean {
  const { PineconeBadRequestError, PineconeUnprocessableEntityError, PineconeArgumentError } = Errors;
  return [PineconeBadRequestError, PineconeUnprocessableEntityError, PineconeArgumentError].some(
    (kind) => error instanceof kind,
  );
}

function clientOf({ apiKey, apiHost }: MemoryConfig, fetch: typeof globalThis.fetch): Pinecone {
  return new Pinecone({
    apiKey,
    // Otherwise the client would read it from its own variable.
    controllerHostUrl: apiHost ?? 'https://api.pinecone.io',
    maxRetries: 0,
    fetchApi: fetch,
    sourceTag: 'agent_relay',
  });
}

function writesOf(index: Index, namespaces: Namespaces): Pick<Store, 'upsert' | 'remove' | 'clear'> {
  return {
    async upsert(records) {
      for (const [namespace, batch] of byNamespace(records, ({ id }) => id, namespaces))
        await index.upsert({ records: batch, namespace });
    },
    async remove(ids) {
      for (const [namespace, batch] of byNamespace(ids, (id) => id, namespaces))
        for (let at = 0; at < batch.length; at += MAX_DELETIONS)
          await unlessMissing(index.deleteMany({ ids: batch.slice(at, at + MAX_DELETIONS), namespace }));
    },
    async clear(scope) {
      const filter = filterOf(scope);
      for (const namespace of await placesOf(index, namespaces, scope))
        await unlessMissing(filter ? index.deleteMany({ filter, namespace }) : index.deleteAll({ namespace }));
    },
  };
}

function byNamespace<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  { of }: Namespaces,
): Map<string, Item[]> {
  return Map.groupBy(items, (item) => of(idOf(item)));
}

/** Those of a scope, or all that the index has. */
async function placesOf(index: Index, namespaces: Namespaces, scope: Scope): Promise<readonly string[]> {
  const within = namespaces.within(scope);
  if (within) return within;
  const { namespaces: found = {} } = await index.describeIndexStats();
  return Object.keys(found).filter((namespace) => namespaces.includes(namespace));
}

/** A namespace begins with its first record: before, there is nothing to delete. */
async function unlessMissing(deleting: Promise<void>): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function readsOf(index: Index, namespaces: Namespaces): Pick<Store, 'query' | 'get' | 'newest' | 'count'> {
  return {
    async query({ vector, scope, filter, topK }) {
      const places = await placesOf(index, namespaces, scope);
      const found = await inTurns(places, async (namespace) => {
        const { matches } = await index.query({ vector: [...vector], topK, filter, includeMetadata: true, namespace });
        return matches.flatMap(({ id, metadata, score }) => toEntry(id, metadata, score) ?? []);
      });
      return found.flat();
    },
    async get(id) {
      const { records } = await index.fetch({ ids: [id], namespace: namespaces.of(id) });
      return toEntry(id, records[id]?.metadata);
    },
    async newest(scope, wants) {
      await inTurns(await placesOf(index, namespaces, scope), (namespace) =>
        newest(index, namespace, (entry) => wants(entry, namespace)),
      );
    },
    async count() {
      const { namespaces: found = {} } = await index.describeIndexStats();
      const own = Object.entries(found).filter(([namespace]) => namespaces.includes(namespace));
      return own.reduce((sum, [, { recordCount }]) => sum + recordCount, 0);
    },
  };
}

/** Some at a time: there may be a namespace for each of many projects. */
async function inTurns<Result>(places: readonly string[], ask: (place: string) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < places.length; at += AT_ONCE)
    results.push(...(await Promise.all(places.slice(at, at + AT_ONCE).map(ask))));
  return results;
}

/** Ids sort with the newest first, and Pinecone lists them in order. */
async function newest(index: Index, namespace: string, wants: (entry: MemoryEntry) => boolean): Promise<void> {
  let token: string | undefined = '';
  for (let page = 0; page < MAX_PAGES && token !== undefined; page += 1) {
    const next = token === '' ? {} : { paginationToken: token };
    const listed = await index.listPaginated({ limit: PAGE, namespace, ...next });
    const ids = listed.vectors?.flatMap(({ id }) => id ?? []) ?? [];
    if (ids.length === 0) return;
    const { records } = await index.fetch({ ids, namespace });
    const entries = ids.flatMap((id) => toEntry(id, records[id]?.metadata) ?? []);
    if (!entries.every(wants)) return;
    token = listed.pagination?.next;
  }
}
