/** The calls of an index: each checks what it is given and answers as the service does. */
import {
  checkId,
  checkMetadata,
  checkUpsert,
  checkValues,
  namespaceOf,
  objectWith,
  type StoredVector,
} from './checks.ts';
import { matches } from './filter.ts';
import { Refusal, type Answer, type Asked } from './http.ts';

export type Namespaces = Map<string, Map<string, StoredVector>>;

export interface IndexState {
  readonly dimension: number;
  /** What was written. */
  readonly namespaces: Namespaces;
  /** What readers see of it: the service shows a write some time later. */
  readonly seen: () => Namespaces;
}

type Call = (asked: Asked, state: IndexState) => object;

const CALLS: Readonly<Record<string, Call>> = {
  'POST /vectors/upsert': upsert,
  'POST /query': query,
  'GET /vectors/fetch': fetchVectors,
  'GET /vectors/list': list,
  'POST /vectors/delete': remove,
  'POST /vectors/update': update,
  'POST /describe_index_stats': describeStats,
};

/** Undefined for what is no call of an index. */
export function answerData(asked: Asked, state: IndexState): Answer | undefined {
  const call = CALLS[`${asked.method} ${asked.url.pathname}`];
  return call && { status: 200, body: call(asked, state) };
}

function upsert(asked: Asked, { dimension, namespaces }: IndexState): object {
  const { vectors, namespace } = checkUpsert(asked, dimension);
  const records = namespaces.get(namespace) ?? new Map<string, StoredVector>();
  namespaces.set(namespace, records);
  for (const vector of vectors) records.set(vector.id, vector);
  return { upsertedCount: vectors.length };
}

function query({ body }: Asked, { dimension, seen }: IndexState): object {
  const keys = ['topK', 'vector', 'filter', 'namespace', 'includeMetadata', 'includeValues'];
  const { topK, vector, filter, namespace: name, includeMetadata, includeValues } = objectWith(body, keys);
  const namespace = namespaceOf(name);
  if (!Number.isInteger(topK) || Number(topK) < 1 || Number(topK) > 10_000)
    throw new Refusal(400, 'topK is 1 to 10000');
  const values = checkValues(vector, dimension);
  // Also where there is nothing to filter.
  if (filter !== undefined) matches(filter, {});
  const found = [...(seen().get(namespace)?.values() ?? [])]
    .filter(({ metadata = {} }) => filter === undefined || matches(filter, metadata))
    .map((record) => ({ record, score: cosine(values, record.values) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, Number(topK));
  return {
    results: [],
    matches: found.map(({ record: { id, metadata, values: own }, score }) => ({
      id,
      score,
      values: includeValues === true ? own : [],
      ...(includeMetadata === true && metadata ? { metadata } : {}),
    })),
    namespace,
    usage: { readUnits: 1 },
  };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

function fetchVectors({ url }: Asked, { seen }: IndexState): object {
  const namespace = url.searchParams.get('namespace') ?? '';
  const ids = url.searchParams.getAll('ids').map(checkId);
  if (ids.length === 0 || ids.length > 1000) throw new Refusal(400, '1 to 1000 ids');
  if (url.search.length > 16_000) throw new Refusal(414, 'the address is too long');
  const records = seen().get(namespace);
  const found = ids.flatMap((id) => records?.get(id) ?? []);
  return {
    vectors: Object.fromEntries(found.map((record) => [record.id, record])),
    namespace,
    usage: { readUnits: 1 },
  };
}

function list({ url: { searchParams } }: Asked, { seen }: IndexState): object {
  const namespace = searchParams.get('namespace') ?? '';
  const limit = Number(searchParams.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new Refusal(400, 'limit is 1 to 100');
  const ids = idsAfter([...(seen().get(namespace)?.keys() ?? [])], searchParams);
  const page = ids.slice(0, limit);
  const last = Buffer.from(page.at(-1) ?? '').toString('base64url');
  const next = ids.length > limit ? { pagination: { next: last } } : {};
  return { vectors: page.map((id) => ({ id })), namespace, usage: { readUnits: 1 }, ...next };
}

function idsAfter(ids: readonly string[], asked: URLSearchParams): readonly string[] {
  const prefix = asked.get('prefix') ?? '';
  const after = Buffer.from(asked.get('paginationToken') ?? '', 'base64url').toString();
  return ids.filter((id) => id.startsWith(prefix) && id > after).toSorted();
}

function remove({ body }: Asked, { namespaces }: IndexState): object {
  const { namespace: name, ...what } = objectWith(body, ['ids', 'deleteAll', 'filter', 'namespace']);
  if (Object.keys(what).length !== 1) throw new Refusal(400, 'one of ids, deleteAll and filter');
  const namespace = namespaceOf(name);
  const records = namespaces.get(namespace);
  // That a namespace is not there is no fault of whoever asks.
  if (!records) throw new Missing();
  if (what['deleteAll'] === true) namespaces.delete(namespace);
  else for (const id of removedBy(what, records)) records.delete(id);
  return {};
}

function removedBy(
  { ids, filter }: Readonly<Record<string, unknown>>,
  records: ReadonlyMap<string, StoredVector>,
): readonly string[] {
  if (ids !== undefined) return idsOf(ids);
  return [...records.values()].filter(({ metadata = {} }) => matches(filter, metadata)).map(({ id }) => id);
}

/** An answer that no client is to blame for. */
export class Missing extends Error {}

function idsOf(ids: unknown): readonly string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 1000) throw new Refusal(400, '1 to 1000 ids');
  return ids.map(checkId);
}

function update({ body }: Asked, { dimension, namespaces }: IndexState): object {
  const keys = ['id', 'values', 'setMetadata', 'namespace'];
  const { id, values, setMetadata, namespace } = objectWith(body, keys);
  const records = namespaces.get(namespaceOf(namespace));
  const record = records?.get(checkId(id));
  // The service says nothing of an id that it does not know.
  if (!records || !record) return {};
  records.set(record.id, {
    id: record.id,
    values: values === undefined ? record.values : checkValues(values, dimension),
    metadata: { ...record.metadata, ...(setMetadata === undefined ? {} : checkMetadata(setMetadata)) },
  });
  return {};
}

function describeStats({ body }: Asked, { dimension, seen }: IndexState): object {
  objectWith(body ?? {}, ['filter']);
  const counts = [...seen()].map(([name, records]) => [name, { vectorCount: records.size }] as const);
  return {
    namespaces: Object.fromEntries(counts),
    dimension,
    indexFullness: 0,
    totalVectorCount: counts.reduce((sum, [, { vectorCount }]) => sum + vectorCount, 0),
    metric: 'cosine',
    vectorType: 'dense',
  };
}
