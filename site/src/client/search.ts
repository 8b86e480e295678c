/** The search page: what is asked is in its address, so that every search can be shared and gone back to. */
import { startFacets } from './facets.ts';
import { loadPagefind, type Asked } from './pagefind.ts';
import { createResults } from './results.ts';
import { onTyping } from './typing.ts';
import { readQuery, toAddress, type Query } from './query.ts';

startSearch();

function startSearch(): void {
  const form = document.querySelector<HTMLFormElement>('[data-search]');
  const field = form?.querySelector<HTMLInputElement>('input[type=search]');
  if (!form || !field) return;
  const base = form.dataset['base'] ?? '/';
  const results = createResults();
  const facets = startFacets(form, { load: () => loadPagefind(base), changed: () => void run('push') });
  let asked = 0;

  async function run(how: 'push' | 'replace' | 'keep'): Promise<void> {
    const query = readQuery(form as HTMLFormElement);
    const mine = (asked += 1);
    if (how !== 'keep') history[`${how}State`](null, '', toAddress(query));
    if (query.words === '' && query.chosen.length === 0 && query.sort === 'relevance') return results.rest();
    try {
      const pagefind = await loadPagefind(base);
      const answer = await pagefind.search(query.words === '' ? null : query.words, toAsked(query));
      if (mine !== asked) return;
      facets.count(answer.filters);
      await results.show(answer, query, () => mine === asked);
    } catch {
      results.fail();
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run('push');
  });
  onTyping(field, () => void run('replace'));
  field.addEventListener('focus', () => void loadPagefind(base).catch(() => undefined), { once: true });
  form.querySelector('select')?.addEventListener('change', () => void run('push'));
  results.keys(field);
  const restore = (): void => {
    const parameters = new URLSearchParams(location.search);
    field.value = parameters.get('q') ?? '';
    const select = form.querySelector('select');
    if (select) select.value = parameters.get('sort') ?? 'relevance';
    void facets.restore(parameters).then(() => run('keep'));
  };
  addEventListener('popstate', restore);
  restore();
}

function toAsked({ words, chosen, sort }: Query): Asked {
  const facets = [...new Set(chosen.map(({ facet }) => facet))];
  const filters = Object.fromEntries(
    facets.map((facet) => [
      facet,
      { any: chosen.filter((choice) => choice.facet === facet).map(({ value }) => value) },
    ]),
  );
  // Without words nothing is more relevant than something else.
  const by = sort === 'relevance' && words === '' ? 'downloads' : sort;
  return { ...(facets.length > 0 ? { filters } : {}), ...(by === 'relevance' ? {} : { sort: { [by]: 'desc' } }) };
}
