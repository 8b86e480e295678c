/**
 * The description of the API that a registry publishes beside it, made from the table of addresses and the schemas that
 * its documents are checked by. It names nothing outside of itself.
 *
 * @source OpenAPI Specification 3.1.1
 */
import { ENDPOINTS, PATH_PARAMETERS, type Endpoint, type Parameter } from './endpoints.ts';
import { COMPONENT_SCHEMAS } from './generated/schemas.ts';

export interface OpenApiFacts {
  /** Of the registry. */
  readonly title: string;
  /** Where the registry is served, if that is known. */
  readonly baseUrl?: string | undefined;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly jsonSchemaDialect: string;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, { readonly get: object }>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const DESCRIPTION = `The registry's files, by their addresses. All is read with GET or HEAD by anybody, from any origin; changes are pull \
requests. Answers carry an entity tag to ask with again (\`If-None-Match\`), errors are problem details (RFC 9457). A plain \
file server answers the same addresses where \`.json\` (of a README: \`.md\`) is added to those without an ending, but for \
the search, which clients then do themselves.`;

/** The same facts give the same document. */
export function buildOpenApi({ title, baseUrl }: OpenApiFacts): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: { title, version: '1', description: DESCRIPTION },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: baseUrl?.replace(/\/$/, '') ?? '/' }],
    tags: [...new Set(ENDPOINTS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint.path, { get: operation(endpoint) }])),
    components: { schemas: schemasOf(ENDPOINTS), responses: RESPONSES, headers: HEADERS },
  };
}

function operation({ path, operationId, summary, tag, query = [], answer, errors = [404] }: Endpoint): object {
  return {
    operationId,
    summary,
    tags: [tag],
    parameters: [...parametersOf(path), ...query],
    responses: {
      200: { description: 'It is there.', headers: { ETag: header('ETag') }, content: contentOf(answer) },
      304: { description: 'It has not changed.', headers: { ETag: header('ETag') } },
      ...Object.fromEntries([...errors, 429].map((status) => [status, response(status)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parametersOf(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Parameter & { readonly required: true } => {
    const known = PATH_PARAMETERS[name];
    if (!known) throw new Error(`Nothing is said of {${name}}.`);
    return { ...known, in: 'path', required: true };
  });
}

function contentOf({ type, schemas = [] }: Endpoint['answer']): object {
  const [first, ...others] = schemas.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  if (!first) return { [type]: {} };
  return { [type]: { schema: others.length === 0 ? first : { anyOf: [first, ...others] } } };
}

function header(name: keyof typeof HEADERS): object {
  return { $ref: `#/components/headers/${name}` };
}

function response(status: number): object {
  return { $ref: `#/components/responses/${status === 429 ? 'TooManyRequests' : 'Problem'}` };
}

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDocument' } } };

const HEADERS = {
  ETag: { description: 'Entity tag (RFC 9110).', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
  RateLimit: { description: 'What is left, where there is a limit.', schema: { type: 'string' } },
  RateLimitPolicy: { description: 'The limit.', schema: { type: 'string' } },
} as const;

const RESPONSES = {
  Problem: { description: 'Why there is no answer.', content: PROBLEM },
  TooManyRequests: {
    description: 'More than this registry allows a client.',
    headers: {
      'Retry-After': header('RetryAfter'),
      RateLimit: header('RateLimit'),
      'RateLimit-Policy': header('RateLimitPolicy'),
    },
    content: PROBLEM,
  },
} as const;

/** What the addresses name, and what that refers to. */
function schemasOf(endpoints: readonly Endpoint[]): Readonly<Record<string, object>> {
  const names = new Set(['ProblemDocument', 'Common', ...endpoints.flatMap(({ answer }) => answer.schemas ?? [])]);
  for (const name of names) {
    const schema = COMPONENT_SCHEMAS[name];
    if (!schema) throw new Error(`There is no schema ${name}.`);
    for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)/g)) names.add(other);
  }
  return Object.fromEntries([...names].toSorted().map((name) => [name, COMPONENT_SCHEMAS[name] ?? {}]));
}
