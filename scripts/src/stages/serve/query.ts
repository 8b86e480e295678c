import { SORT_ORDERS, type SearchQuery } from '@ar-registry/core/search';

/** Query with everything decided. */
export type ParsedQuery = SearchQuery & { readonly limit: number; readonly offset: number };

const TYPES = ['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'] as const;
const TRUST = ['official', 'verified', 'community'] as const;
const MAX_LIMIT = 100;
const MAX_OFFSET = 1_000_000;

/** Reads `?q=&type=&category=&tag=&trust=&sort=&limit=&offset=`; parameters it does not know are ignored. */
export function parseQuery(parameters: URLSearchParams): ParsedQuery | { readonly detail: string } {
  const limit = toInteger(parameters.get('limit'), { otherwise: 20, min: 1, max: MAX_LIMIT });
  if (limit === undefined) return { detail: `limit must be a whole number from 1 to ${MAX_LIMIT}.` };
  const offset = toInteger(parameters.get('offset'), { otherwise: 0, min: 0, max: MAX_OFFSET });
  if (offset === undefined) return { detail: 'offset must be a whole number, 0 or more.' };
  const type = oneOf(parameters.get('type'), TYPES);
  if (type === null) return { detail: `type must be one of ${TYPES.join(', ')}.` };
  const trust = oneOf(parameters.get('trust'), TRUST);
  if (trust === null) return { detail: `trust must be one of ${TRUST.join(', ')}.` };
  const sort = oneOf(parameters.get('sort'), SORT_ORDERS);
  if (sort === null) return { detail: `sort must be one of ${SORT_ORDERS.join(', ')}.` };
  return {
    limit,
    offset,
    ...(type === undefined ? {} : { type }),
    ...(trust === undefined ? {} : { trust }),
    ...(sort === undefined ? {} : { sort }),
    ...given('text', parameters.get('q')),
    ...given('category', parameters.get('category')),
    ...given('tag', parameters.get('tag')),
  };
}

interface Bounds {
  readonly otherwise: number;
  readonly min: number;
  readonly max: number;
}

function toInteger(text: string | null, { otherwise, min, max }: Bounds): number | undefined {
  if (text === null || text === '') return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** `undefined` where nothing was given, `null` where it is none of them. */
function oneOf<const Choice extends string>(
  text: string | null,
  choices: readonly Choice[],
): Choice | undefined | null {
  if (text === null || text === '') return undefined;
  return choices.find((choice) => choice === text) ?? null;
}

function given<Key extends string>(key: Key, value: string | null): { readonly [K in Key]?: string } {
  return value === null || value === '' ? {} : ({ [key]: value } as { readonly [K in Key]: string });
}
