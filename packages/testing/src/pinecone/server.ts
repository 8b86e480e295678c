/**
 * Pinecone for tests, over real HTTP: an index with its data plane, and what a client asks of the control plane. Searches
 * compare by real cosine, filters are carried out. What the service would refuse is refused, and noted: see `violations`.
 */
import { answerData, Missing, type IndexState, type Namespaces } from './data-plane.ts';
import { Refusal, startDouble, type Answer, type Asked, type DoubleServer } from './http.ts';

export interface PineconeServer extends DoubleServer {
  readonly namespaces: Namespaces;
  /** From now on readers see nothing that is written. */
  freeze(): void;
  /** They see everything again. */
  thaw(): void;
  /** From now on no record is taken whose content is this. */
  poison(content: string): void;
}

export interface PineconeOptions {
  readonly dimension: number;
  /** `relay` unless given. */
  readonly index?: string;
  /** `pinecone-key` unless given. */
  readonly apiKey?: string;
  readonly metric?: 'cosine' | 'euclidean' | 'dotproduct';
}

export async function startPinecone({
  dimension,
  index = 'relay',
  apiKey = 'pinecone-key',
  metric = 'cosine',
}: PineconeOptions): Promise<PineconeServer> {
  const namespaces: Namespaces = new Map();
  let frozen: Namespaces | undefined;
  const poisonous = new Set<unknown>();
  const state: IndexState = { dimension, namespaces, seen: () => frozen ?? namespaces };
  const handle = (asked: Asked): Answer => {
    if (asked.headers['api-key'] !== apiKey) return { status: 401, body: { message: 'Invalid API Key' } };
    if (!/^\d{4}-\d{2}$/.test(String(asked.headers['x-pinecone-api-version'])))
      throw new Refusal(400, 'X-Pinecone-Api-Version is missing');
    if (isPoisoned(asked, poisonous)) return { status: 400, body: { message: 'It is not to my taste' } };
    try {
      return answerData(asked, state) ?? describeIndex(asked, { name: index, host: double.url, dimension, metric });
    } catch (error) {
      if (error instanceof Missing) return { status: 404, body: { code: 5, message: 'Namespace not found' } };
      throw error;
    }
  };
  const double: DoubleServer = await startDouble(handle);
  return Object.assign(double, {
    namespaces,
    freeze: () => void (frozen = new Map([...namespaces].map(([name, records]) => [name, new Map(records)]))),
    thaw: () => void (frozen = undefined),
    poison: (content: string) => void poisonous.add(content),
  });
}

function isPoisoned({ url, body }: Asked, poisonous: ReadonlySet<unknown>): boolean {
  if (url.pathname !== '/vectors/upsert' || poisonous.size === 0) return false;
  const { vectors } = body as { readonly vectors: readonly { readonly metadata?: { readonly content?: unknown } }[] };
  return vectors.some(({ metadata }) => poisonous.has(metadata?.content));
}

interface IndexFacts {
  readonly name: string;
  readonly host: string;
  readonly dimension: number;
  readonly metric: string;
}

function describeIndex({ method, url }: Asked, { name, host, dimension, metric }: IndexFacts): Answer {
  const asked = /^\/indexes\/([^/]+)$/.exec(url.pathname)?.[1];
  if (method !== 'GET' || asked === undefined) throw new Refusal(404, 'no such call');
  if (asked !== name) return { status: 404, body: { error: { code: 'NOT_FOUND', message: 'no index' }, status: 404 } };
  const deployment = { deployment_type: 'managed', environment: 'local', cloud: 'aws', region: 'us-east-1' };
  const schema = { fields: { _values: { type: 'dense_vector', dimension, metric } } };
  const status = { ready: true, state: 'Ready' };
  return { status: 200, body: { name, host, status, deployment, schema, deletion_protection: 'disabled' } };
}
