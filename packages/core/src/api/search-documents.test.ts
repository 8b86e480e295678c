import { describe, expect, it } from 'vitest';
import { hash } from '../../test/index-fixture.ts';
import { routes } from '../layout/index.ts';
import type { SearchEntry, SearchRoot } from '../search/index.ts';
import type { ApiDocument } from './build.ts';
import { searchDocuments, type SearchOptions } from './search-documents.ts';

const plugins = Array.from({ length: 20 }, (_, index): SearchEntry => ({
  name: `@acme/plugin-${index}`,
  version: '1.0.0',
  type: 'hook',
  description: 'Writes what it sees',
  tags: ['log'],
  trust: 'community',
  license: 'MIT',
  author: 'Acme',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  downloads: index,
}));

function made(options: SearchOptions | undefined) {
  const making = searchDocuments({ schemaVersion: 1, plugins: [...plugins] }, options, hash);
  const documents: ApiDocument[] = [];
  let step = making.next();
  for (; !step.done; step = making.next()) documents.push(step.value);
  return { documents, facts: step.value };
}

const pack = (root: SearchRoot): string => JSON.stringify(root);

describe('searchDocuments', () => {
  it.each([
    ['without a way to pack shards', undefined],
    ['below the size of a large registry', { pack }],
    ['just below a size that is given', { pack, from: 21 }],
  ])('makes one file %s', (_what, options) => {
    const { documents, facts } = made(options);
    expect(documents.map(({ path }) => path)).toEqual([routes.search]);
    expect(facts).toMatchObject({ format: 'compact', entries: 20 });
  });

  it('makes many from there on, and the one that names them last', () => {
    const { documents, facts } = made({ pack, from: 20 });
    expect(documents.at(-1)).toMatchObject({ kind: 'list', path: routes.search });
    expect(
      documents.slice(0, -1).every(({ kind, path }) => kind === 'search' && /search\/files\/.{20}$/.test(path)),
    ).toBe(true);
    const bytes = new TextEncoder().encode(documents.at(-1)?.body ?? '');
    expect(facts).toEqual({ format: 'sharded', entries: 20, size: bytes.length, integrity: hash(bytes) });
  });
});
