/** The page for addresses that lead nowhere: looks for plugins whose names are like the words of the address. */
import { nearest } from '@ar-registry/core/text';
import { element } from './element.ts';
import { loadEngine } from './search-engine.ts';

const MOST = 6;
/** Looked at for each word. */
const CANDIDATES = 20;

const place = document.querySelector<HTMLElement>('[data-suggest]');
if (place) void suggest(place).catch(() => undefined); // without an index there is no suggestion

async function suggest(section: HTMLElement): Promise<void> {
  const words = wordsIn(location.pathname);
  if (words.length === 0) return;
  const engine = await loadEngine(section.dataset['base'] ?? '/');
  const found = new Map<string, string>();
  // Also the beginnings: a mistyped end is more likely than a mistyped start.
  for (const asked of [
    words.join(' '),
    ...words,
    ...words.map((word) => word.slice(0, Math.max(3, word.length >> 1))),
  ]) {
    const query = { words: asked, chosen: [], sort: 'relevance' };
    const answer = await engine.search(query, { first: CANDIDATES, hasRatings: false });
    for (const { url, name } of await answer.page(0, CANDIDATES)) found.set(name, url);
  }
  const locals = new Map([...found.keys()].map((name) => [name.slice(name.indexOf('/') + 1), name]));
  const alike = nearest(words.join('-'), locals.keys(), MOST).map((local) => locals.get(local) ?? local);
  const names = [...new Set([...alike, ...found.keys()])].slice(0, MOST);
  const links = names.map((name) =>
    element('li', {}, [element('a', { class: 'chip', href: found.get(name) ?? '' }, [name])]),
  );
  section.querySelector('[data-suggestions]')?.replaceChildren(...links);
  section.hidden = links.length === 0;
}

/** Those of the last part that says something: the name, not the scope. */
function wordsIn(pathname: string): readonly string[] {
  let text = pathname;
  try {
    text = decodeURIComponent(pathname);
  } catch {
    // Not UTF-8 in percent encoding: its letters will do.
  }
  const part = text.split('/').findLast((each) => /\p{L}{3}/u.test(each)) ?? '';
  return part
    .replace(/\.html$/, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2)
    .slice(0, 4);
}
