/** What the engines of others are given: texts by fields, with names as words and joined, since none takes names apart. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { splitName } from '@ar-registry/core/name';
import type { SearchEntry } from '@ar-registry/core/search';

/** Large, and for comparison alone: apart from what the repository depends on. */
export const load = createRequire(path.join(import.meta.dirname, '../test-dependencies/package.json'));

export interface Flat {
  readonly id: string;
  readonly name: string;
  readonly tags: string;
  readonly kind: string;
  readonly description: string;
}

export function flat({ name, tags, category = '', type, description }: SearchEntry): Flat {
  const { base } = splitName(name);
  const joined = base.replaceAll('-', '');
  return {
    id: name,
    name: `${base.replaceAll('-', ' ')} ${joined}`,
    tags: tags.join(' '),
    kind: `${category} ${type}`,
    description,
  };
}

/** All of it as one text as well, for engines that want all words of a query in one field. */
export function withAll(document: Flat): Flat & { readonly all: string } {
  const { name, tags, kind, description } = document;
  return { ...document, all: [name, tags, description, kind].join(' ') };
}

export const FIELDS = ['name', 'tags', 'kind', 'description'];
export const BOOST = { name: 5, tags: 2, kind: 1, description: 1 };
export const INDEX = 'index.json';

/** What the first of several searches finds that finds anything. */
export function firstOf<T>(searches: readonly (() => readonly T[])[]): readonly T[] {
  for (const search of searches) {
    const hits = search();
    if (hits.length > 0) return hits;
  }
  return [];
}
