/** What a page was given with its path; see `PageData`. A page that was asked for without it is none. */
import type { ByNameData, KindData, LetterData, ListData } from './page-data.ts';

type Given = Pick<App.Locals, 'list' | 'byName' | 'kind' | 'letter'>;

export function listOf({ list }: Given): ListData {
  return list ?? missing();
}

export function byNameOf({ byName }: Given): ByNameData {
  return byName ?? missing();
}

export function kindOf({ kind }: Given): KindData {
  return kind ?? missing();
}

export function letterOf({ letter }: Given): LetterData {
  return letter ?? missing();
}

function missing(): never {
  throw new Error('There is no such list.');
}
