/** Levels and ids of headings. */
import { ID_PREFIX } from './schema.ts';

/** What names headings: `Getting started` is `getting-started`, and the next one of that name `getting-started-1`. */
export interface Headings {
  /** Level 2 to 6: the page has the only `h1`, and no level is left out below the one before. */
  levelOf(written: number): number;
  /** With the prefix; undefined for a heading without a letter. */
  idOf(title: string): string | undefined;
}

export function createHeadings(taken: ReadonlySet<string>): Headings {
  const ids = new Set(taken);
  const counts = new Map<string, number>();
  /** Written levels that are open, the outermost first. */
  const open: number[] = [];
  return {
    levelOf: (written) => {
      while (open.length > 0 && (open.at(-1) ?? 0) >= written) open.pop();
      open.push(written);
      return Math.min(6, open.length + 1);
    },
    idOf: (title) => {
      const slug = slugOf(title);
      if (slug === '') return undefined;
      let number = counts.get(slug) ?? 0;
      const name = (): string => ID_PREFIX + (number === 0 ? slug : `${slug}-${number}`);
      while (ids.has(name())) number += 1;
      counts.set(slug, number + 1);
      ids.add(name());
      return name();
    },
  };
}

/** As GitHub does it, so that links written for there lead here too. */
function slugOf(title: string): string {
  const words = title.trim().toLowerCase().slice(0, 200);
  return words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
}
