/** What a list is called, and what it is about. */
import { TYPES } from '../lib/words.ts';
import type { Api } from './api.ts';
import type { ListKind } from './lists.ts';

export interface ListWords {
  readonly title: string;
  readonly says: string;
  readonly label: string;
}

export function describeList(api: Api, kind: ListKind, id: string): ListWords {
  switch (kind) {
    case 'types':
      return { ...typeWords(id), label: 'Type' };
    case 'categories': {
      const category = api.categories().find((each) => each.id === id);
      return { title: category?.title ?? id, says: category?.description ?? '', label: 'Category' };
    }
    case 'tags':
      return { title: id, says: `What its authors tagged “${id}”.`, label: 'Tag' };
    case 'scopes':
      return { title: id, says: `Everything below ${id}.`, label: 'Scope' };
    case 'authors':
      return { title: id, says: `What the GitHub account ${id} owns.`, label: 'Owner' };
  }
}

function typeWords(id: string): { readonly title: string; readonly says: string } {
  return Object.entries(TYPES).find(([type]) => type === id)?.[1] ?? { title: id, says: '' };
}
