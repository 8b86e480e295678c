/** What Pinecone says of bodies that it does not take. Limits are those of its documentation. */
import type { Metadata } from './filter.ts';
import { Refusal, type Asked } from './http.ts';

export interface StoredVector {
  readonly id: string;
  readonly values: readonly number[];
  readonly metadata?: Metadata;
}

const MAX_UPSERT_BYTES = 2 * 1024 * 1024;
const MAX_METADATA_BYTES = 40 * 1024;

/** @returns the body. @throws Refusal where it has other keys */
export function objectWith(value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(400, 'no object');
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Refusal(400, `unknown key ${unknown}`);
  return value as Readonly<Record<string, unknown>>;
}

/** The default one where none is named. */
export function namespaceOf(name: unknown): string {
  if (name === undefined || typeof name === 'string') return name ?? '';
  throw new Refusal(400, 'namespace must be text');
}

export function checkUpsert({ body, sizeBytes }: Asked, dimension: number) {
  const { vectors, namespace: name } = objectWith(body, ['vectors', 'namespace']);
  if (sizeBytes > MAX_UPSERT_BYTES) throw new Refusal(400, `${sizeBytes} bytes are more than 2 MB`);
  if (!Array.isArray(vectors) || vectors.length === 0 || vectors.length > 1000)
    throw new Refusal(400, '1 to 1000 vectors');
  return { namespace: namespaceOf(name), vectors: vectors.map((vector) => checkVector(vector, dimension)) };
}

export function checkId(id: unknown): string {
  // oxlint-disable-next-line no-control-regex -- ids are ASCII
  if (typeof id === 'string' && /^[\u0001-\u007f]{1,512}$/.test(id)) return id;
  throw new Refusal(400, 'an id must have 1 to 512 characters of ASCII');
}

export function checkValues(values: unknown, dimension: number): readonly number[] {
  if (!Array.isArray(values) || values.length !== dimension)
    throw new Refusal(400, `a vector needs ${dimension} numbers`);
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(value)))
    throw new Refusal(400, 'a vector holds something else than numbers');
  if (values.every((value) => value === 0)) throw new Refusal(400, 'a vector must hold something else than zeros');
  return (values as number[]).map(Math.fround);
}

export function checkMetadata(metadata: unknown): Metadata {
  const found = Object.entries(objectWith(metadata, Object.keys(metadata ?? {})));
  for (const [key, value] of found) {
    if (key.startsWith('$')) throw new Refusal(400, `metadata key ${key}`);
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (!isList && !['string', 'number', 'boolean'].includes(typeof value))
      throw new Refusal(400, `metadata ${key} must be text, a number, true or false, or a list of texts`);
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES)
    throw new Refusal(400, 'metadata have more than 40 KB');
  return metadata as Metadata;
}

function checkVector(vector: unknown, dimension: number): StoredVector {
  const { id, values, metadata } = objectWith(vector, ['id', 'values', 'metadata']);
  return {
    id: checkId(id),
    values: checkValues(values, dimension),
    ...(metadata === undefined ? {} : { metadata: checkMetadata(metadata) }),
  };
}
