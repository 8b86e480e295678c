/** Compares requests and answers with GitHub's description. What is asked for is compiled, once. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import {
  dereference,
  readDescription,
  type Description,
  type Operation,
  type Parameter,
  type Schema,
} from './description.ts';
import { componentId, toJsonSchema } from './dialect.ts';

export interface DescribedRequest {
  /** As the description writes it: `/repos/{owner}/{repo}`. */
  readonly template: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when the request had no body or one that is not JSON. */
  readonly body: unknown;
  /** The media type of the body, if there was one. */
  readonly contentType: string | undefined;
}

export interface DescribedAnswer {
  readonly template: string;
  readonly method: string;
  readonly status: number;
  /** Undefined: no body, or one that is not JSON. */
  readonly body: unknown;
}

/** Both return what is wrong, one sentence each; empty when all is as described. */
export interface OpenApiValidator {
  checkRequest(request: DescribedRequest): readonly string[];
  checkAnswer(answer: DescribedAnswer): readonly string[];
  isDescribed(method: string, template: string): boolean;
  /** The template that a path fits, for saying what an unknown route is. */
  templateOf(path: string): string | undefined;
  documentationUrl(method: string, template: string): string | undefined;
}

/**
 * Parsing 13 MB and compiling the larger schemas takes about half a second, so the doubles of a process share one
 * validator. It only ever grows by schemas that are already described, which no test can see.
 */
let shared: OpenApiValidator | undefined;

/** @throws Error when the description is not installed. */
export function sharedValidator(): OpenApiValidator {
  return (shared ??= createValidator(readDescription()));
}

/** @see {@link sharedValidator} */
export function createValidator(description: Description): OpenApiValidator {
  const compiler = createCompiler(description);
  const operationOf = (method: string, template: string): Operation | undefined =>
    description.paths[template]?.[method.toLowerCase()];
  return {
    isDescribed: (method, template) => operationOf(method, template) !== undefined,
    documentationUrl: (method, template) => operationOf(method, template)?.externalDocs?.url,
    templateOf: (path) => Object.keys(description.paths).find((template) => fits(template, path)),
    checkRequest(request) {
      const operation = operationOf(request.method, request.template);
      if (!operation) return [`${request.method} ${request.template} is not described.`];
      return [
        ...checkParameters({ compiler, description, operation }, request),
        ...checkBody({ compiler, operation }, request),
      ];
    },
    checkAnswer({ method, template, status, body }) {
      const operation = operationOf(method, template);
      if (!operation) return [`${method} ${template} is not described.`];
      const response = operation.responses[status];
      if (!response) return checkGeneral({ compiler, operation }, status, body);
      const schema = dereference(description, response).content?.['application/json']?.schema;
      if (body === undefined) return [];
      // Refusals that are described without a body have the usual one.
      if (!schema && status >= 400) return checkGeneral({ compiler, operation }, status, body);
      if (!schema) return [`${operation.operationId} answers ${status} without a body, but one was sent.`];
      const what = `answer ${status} of ${operation.operationId}`;
      // Refusals bear a `status` that only some of their schemas describe.
      return compiler.check(schema, body, { what, closed: status < 400 });
    },
  };
}

/** Statuses that GitHub answers anywhere, as its general pages say, though few operations list them. */
const GENERAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 422, 429, 500, 502, 503]);
const BASIC_ERROR: Schema = { $ref: '#/components/schemas/basic-error' };
const VALIDATION_ERROR: Schema = { $ref: '#/components/schemas/validation-error' };

interface Within {
  readonly compiler: Compiler;
  readonly operation: Operation;
}

function checkGeneral({ compiler, operation }: Within, status: number, body: unknown): readonly string[] {
  if (!GENERAL.has(status) && !(status in operation.responses))
    return [`${operation.operationId} never answers ${status}.`];
  if (body === undefined) return [];
  return compiler.check(status === 422 ? VALIDATION_ERROR : BASIC_ERROR, body, {
    what: `answer ${status}`,
    closed: false,
  });
}

interface WithinAll extends Within {
  readonly description: Description;
}

function checkParameters(within: WithinAll, request: DescribedRequest): readonly string[] {
  const { compiler, description, operation } = within;
  const parameters = (operation.parameters ?? []).map((one) => dereference<Parameter>(description, one));
  const given = { path: request.parameters, query: Object.fromEntries(request.query) };
  return (['path', 'query'] as const).flatMap((place) => {
    const schema = compiler.objectOf(
      `${operation.operationId}#${place}`,
      parameters.filter((parameter) => parameter.in === place),
    );
    return compiler.check(
      schema,
      { ...given[place] },
      {
        what: `${place} of ${operation.operationId}`,
        closed: true,
      },
    );
  });
}

function checkBody({ compiler, operation }: Within, request: DescribedRequest): readonly string[] {
  const described = operation.requestBody;
  const id = operation.operationId;
  if (request.contentType === undefined)
    return described?.required === true ? [`${id} needs a body, none was sent.`] : [];
  if (!described) return request.body === undefined ? [] : [`${id} takes no body, one was sent.`];
  const json = described.content?.['application/json'];
  // Uploads are described as `application/octet-stream` and take any type: the type given is the type of the file.
  if (!json) return [];
  if (request.body === undefined) return [`${id} takes JSON, ${request.contentType} was sent.`];
  return compiler.check(json.schema ?? {}, request.body, { what: `body of ${id}`, closed: true });
}

interface Checking {
  /** What the value is, for the sentences. */
  readonly what: string;
  /** Whether properties that are not described are wrong. */
  readonly closed: boolean;
}

interface Compiler {
  check(schema: Schema, value: unknown, checking: Checking): readonly string[];
  /** One schema object for the parameters of one place; the same one for the same `key`. */
  objectOf(key: string, parameters: readonly Parameter[]): Schema;
}

function createCompiler(description: Description): Compiler {
  const [ajv, coercing] = [createAjv(description, false), createAjv(description, true)];
  const compiled = { true: new Map<Schema, ValidateFunction>(), false: new Map<Schema, ValidateFunction>() };
  const objects = new Map<string, Schema>();
  const objectSchemas = new Set<Schema>();
  return {
    objectOf(key, parameters) {
      const schema = objects.get(key) ?? toObject(parameters);
      objects.set(key, schema);
      objectSchemas.add(schema);
      return schema;
    },
    check(schema, value, { what, closed }) {
      const known = compiled[`${closed}`];
      const validate = known.get(schema) ?? (objectSchemas.has(schema) ? coercing : ajv)(schema, closed);
      known.set(schema, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).slice(0, 8).map((error) => toSentence(error, what));
    },
  };
}

/** `coerce`: parameters arrive as text and are read as what they should be. JSON is taken as it is. */
function createAjv(description: Description, coerce: boolean): (schema: Schema, closed: boolean) => ValidateFunction {
  const ajv = formats.default(
    new Ajv({ strict: false, allErrors: true, logger: false, ...(coerce ? { coerceTypes: 'array' } : {}) }),
    { mode: 'full' },
  );
  for (const name of ['repo.nwo', 'timestamp']) ajv.addFormat(name, true);
  const known = new Set<string>();
  const convert = (schema: Schema, closed: boolean): Schema => toJsonSchema(schema, { closed, onReference: add });
  const add = (name: string, closed: boolean): void => {
    const id = componentId(name, closed);
    if (known.has(id)) return;
    known.add(id);
    const component = description.components.schemas[name];
    if (!component) throw new Error(`GitHub's description lacks the schema ${name}.`);
    ajv.addSchema({ ...convert(component, closed) }, id);
  };
  return (schema, closed) => ajv.compile({ ...convert(schema, closed) });
}

function toObject(parameters: readonly Parameter[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

function toSentence(error: ErrorObject, what: string): string {
  return `${what}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`;
}

function fits(template: string, path: string): boolean {
  const pattern = template
    .split(/\{[^}]+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
