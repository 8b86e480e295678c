/** What is asked, between the form and the address. */
export const FACETS = ['type', 'category', 'tag', 'trust', 'license'] as const;

export type Facet = (typeof FACETS)[number];

export interface Query {
  readonly words: string;
  readonly chosen: readonly { readonly facet: string; readonly value: string }[];
  readonly sort: string;
}

export function readQuery(form: HTMLFormElement): Query {
  const data = new FormData(form);
  return {
    words: text(data.get('q')).trim(),
    chosen: FACETS.flatMap((facet) => data.getAll(facet).map((value) => ({ facet, value: text(value) }))),
    sort: text(data.get('sort')) || 'relevance',
  };
}

/** The query part of the address; what is not asked is not in it. */
export function toAddress({ words, chosen, sort }: Query): string {
  const parameters = new URLSearchParams();
  if (words !== '') parameters.set('q', words);
  for (const { facet, value } of chosen) parameters.append(facet, value);
  if (sort !== 'relevance') parameters.set('sort', sort);
  return parameters.size === 0 ? location.pathname : `?${parameters.toString()}`;
}

function text(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
