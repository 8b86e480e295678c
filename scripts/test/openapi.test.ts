/** The description of the API is true: every address of it answers, with what it says. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes, URL_TEMPLATES } from '@ar-registry/core/layout';
import { buildOpenApi, ENDPOINTS, type OpenApiDocument } from '@ar-registry/core/openapi';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../src/stages/serve/index.ts';
import { buildPublicRegistry } from './support/public-registry.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>;

interface ConfigSchema {
  readonly properties: { readonly urls: { readonly properties: object } };
}

const resources = new AsyncDisposableStack();
let url = '';
let described: OpenApiDocument;
// Formats are no part of validation in the dialect.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

beforeAll(async () => {
  const dir = await buildPublicRegistry(resources);
  const server = await startServer({
    dir,
    host: '127.0.0.1',
    port: 0,
    rateLimit: { requests: 1000, windowSeconds: 60 },
  });
  resources.defer(() => server.stop());
  url = server.url;
  described = JSON.parse(await readFile(join(dir, routes.openApi), 'utf8')) as OpenApiDocument;
  ajv.addSchema(described, 'openapi');
});

afterAll(() => resources.disposeAsync());

const VALUES: Readonly<Record<string, string>> = {
  scope: 'acme',
  name: 'hello',
  version: '1.1.0',
  id: 'AR-2026-0001',
  shard: '1',
};

function fill(path: string, values: Readonly<Record<string, string>> = VALUES): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

function operationOf(path: string): Operation {
  return described.paths[path]?.get as Operation;
}

/** What the schema at a place of the description says against a document. */
function errorsAt(pointer: string, document: unknown): unknown {
  const validate = ajv.compile({ $ref: `openapi#${pointer}` });
  return validate(document) ? [] : validate.errors;
}

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

describe('every address', () => {
  it.each(ENDPOINTS.map(({ path }) => path))('%s answers with what is described', async (path) => {
    const answer = await fetch(url + fill(path));
    const { responses } = operationOf(path);
    const type = answer.headers.get('content-type')?.replace(/;.*/, '') ?? '';
    expect([answer.status, Object.keys(responses['200']?.content ?? {})]).toEqual([200, [type]]);
    if (type !== 'application/json') return;
    const pointer = `/paths/${escaped(path)}/get/responses/200/content/${escaped(type)}/schema`;
    expect(errorsAt(pointer, await answer.json())).toEqual([]);
    // The schema is one that can fail.
    expect(errorsAt(pointer, { schemaVersion: 'none' })).not.toEqual([]);
  });

  it.each(ENDPOINTS.filter(({ path }) => path.includes('{')).map(({ path }) => path))(
    '%s is a described problem where there is nothing',
    async (path) => {
      const absent = { scope: 'no', name: 'thing', version: '9.9.9', id: 'AR-2099-0001', shard: '99' };
      const answer = await fetch(url + fill(path, absent));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
      expect(operationOf(path).responses['404']?.$ref).toBe('#/components/responses/Problem');
      expect(errorsAt('/components/schemas/ProblemDocument', await answer.json())).toEqual([]);
    },
  );
});

describe('the search', () => {
  it('takes the parameters that are described, by the values that are described', async () => {
    const { parameters, responses } = operationOf('/api/v1/plugins');
    expect(parameters.map(({ name }) => name).join(' ')).toBe('q type category tag trust sort limit offset');
    const refused = ['type=car', 'trust=all', 'sort=best', 'limit=0', 'limit=101', 'offset=-1', 'offset=1000001'];
    for (const query of refused) {
      const [name, value = ''] = query.split('=');
      const place = parameters.findIndex((parameter) => parameter.name === name);
      const pointer = `/paths/${escaped('/api/v1/plugins')}/get/parameters/${place}/schema`;
      const typed = /^-?\d+$/.test(value) ? Number(value) : value;
      expect([query, errorsAt(pointer, typed)]).not.toEqual([query, []]);
      expect([query, (await fetch(`${url}/api/v1/plugins?${query}`)).status]).toEqual([query, 400]);
    }
    expect(Object.keys(responses)).toEqual(['200', '304', '400', '429', '503', 'default']);
    for (const query of ['type=policy', 'trust=verified', 'sort=updated', 'limit=100', 'offset=1000000'])
      expect([query, (await fetch(`${url}/api/v1/plugins?${query}`)).status]).toEqual([query, 200]);
  });
});

describe('the description', () => {
  it('is served, for pages of other sites too', async () => {
    const answer = await fetch(`${url}/api/v1/openapi.json`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toEqual(described);
    expect(described).toMatchObject({ openapi: '3.1.1', info: { title: 'Test registry', version: '1' } });
    expect(described.servers).toEqual([{ url: 'https://plugins.example.com' }]);
  });

  it('has no reference to anything outside of it, or to nothing', () => {
    const found = [...JSON.stringify(described).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
    for (const target of new Set(found)) expect([target, typeof at(target)]).toEqual([target, 'object']);
    expect(found.length).toBeGreaterThan(100);
  });

  it('has every address that config.json names, and no other', () => {
    const config = described.components['schemas']?.['ConfigDocument'] as ConfigSchema;
    expect(Object.keys(config.properties.urls.properties).toSorted()).toEqual(Object.keys(URL_TEMPLATES).toSorted());
  });

  it('has schemas of the dialect that it names', () => {
    expect(described.jsonSchemaDialect).toBe('https://json-schema.org/draft/2020-12/schema');
    for (const [name, schema] of Object.entries(described.components['schemas'] ?? {})) {
      expect([name, /^[\w.-]+$/.test(name)]).toEqual([name, true]);
      expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
    }
  });

  it('says of each operation what OpenAPI demands', () => {
    const ids = Object.values(described.paths).map(({ get }) => (get as Operation).operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const path of Object.keys(described.paths)) {
      const { parameters, responses } = operationOf(path);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).toBe(true);
      for (const answer of Object.values(responses)) {
        const description: unknown =
          '$ref' in answer ? (at(String(answer.$ref)) as Answer).description : (answer as Answer).description;
        expect(typeof description).toBe('string');
      }
    }
  });

  it('is the same for the same registry', () => {
    const facts = { title: 'Test registry', baseUrl: 'https://plugins.example.com/' };
    expect(buildOpenApi(facts)).toEqual(described);
    expect(buildOpenApi({ title: 'Nowhere' }).servers).toEqual([{ url: '/' }]);
  });
});

interface Answer {
  readonly description?: string;
}

/** @param reference `#/…` */
function at(reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], described);
}
