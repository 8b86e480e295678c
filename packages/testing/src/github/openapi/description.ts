/**
 * GitHub's published OpenAPI description of its REST API: where it is found, and the part of it that is read here.
 *
 * It is 13 MB of JSON, installed apart from everything else because only tests need it.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEVIATIONS } from './deviations.ts';

const FILE = 'tools/test-dependencies/node_modules/@octokit/openapi/generated/api.github.com.json';

export type Schema = Readonly<Record<string, unknown>>;

interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Media {
  readonly schema?: Schema;
}

export interface ResponseDescription {
  readonly content?: Readonly<Record<string, Media>>;
}

export interface Operation {
  readonly operationId: string;
  readonly externalDocs?: { readonly url: string };
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, ResponseDescription | Reference>>;
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, ResponseDescription>>;
  };
}

/**
 * Reads the description and mends the places where it contradicts itself, see {@link DEVIATIONS}.
 * It is looked for in `from` and the folders above it.
 *
 * @throws Error saying how to install it, when it is not.
 */
export function readDescription(from = import.meta.dirname): Description {
  const file = findFile(from);
  // Vetted by its publisher and pinned by a lockfile: taken as what it says it is.
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description;
  for (const deviation of DEVIATIONS) deviation.mend(description);
  return description;
}

/** What a parameter or an answer is, when the description names it by reference. */
export function dereference<T extends object>(description: Description, value: T | Reference): T {
  if (!('$ref' in value)) return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const components = description.components as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const found = components[kind]?.[name];
  if (found === undefined) throw new Error(`GitHub's description names ${value.$ref}, which it lacks.`);
  return found as T;
}

function findFile(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, FILE);
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) break;
  }
  throw new Error(
    `GitHub's OpenAPI description (${FILE}) is not installed. Install it: node tools/bootstrap.mjs install`,
  );
}
