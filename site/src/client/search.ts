/** The search page: what is asked is in its address, so that every search can be shared and gone back to. */
import { startFacets } from './facets.ts';
import { readQuery, toAddress } from './query.ts';
import { createResults, STEP } from './results.ts';
import { loadEngine } from './search-engine.ts';
import { onTyping } from './typing.ts';

startSearch();

function startSearch(): void {
  const form = document.querySelector<HTMLFormElement>('[data-search]');
  const field = form?.querySelector<HTMLInputElement>('input[type=search]');
  if (!form || !field) return;
  const base = form.dataset['base'] ?? '/';
  const results = createResults();
  const facets = startFacets(form, {
    load: () => loadEngine(base),
    loaded: () => void run('keep'),
    changed: () => void run('push'),
  });
  let asked = 0;

  async function run(how: 'push' | 'replace' | 'keep'): Promise<void> {
    const query = readQuery(form as HTMLFormElement);
    const mine = (asked += 1);
    if (how !== 'keep') history[`${how}State`](null, '', toAddress(query));
    if (query.words === '' && query.chosen.length === 0 && query.sort === 'relevance') return rest();
    try {
      const engine = await loadEngine(base);
      const answer = await engine.search(query, { first: STEP, hasRatings: true });
      if (mine !== asked) return;
      facets.count(answer.counts ?? 'unknown');
      await results.show(answer, query, () => mine === asked);
    } catch {
      results.fail();
    }
  }

  function rest(): void {
    facets.count();
    results.rest();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run('push');
  });
  onTyping(field, () => void run('replace'));
  field.addEventListener('focus', () => void loadEngine(base).catch(() => undefined), { once: true });
  form.querySelector('select')?.addEventListener('change', () => void run('push'));
  results.keys(field);
  const restore = (): void => {
    void facets.restore(fillIn(form)).then(
      () => run('keep'),
      () => results.fail(),
    );
  };
  addEventListener('popstate', restore);
  restore();
}

/** What the address says of words and order. @returns all that it says */
function fillIn(form: HTMLFormElement): URLSearchParams {
  const parameters = new URLSearchParams(location.search);
  const field = form.querySelector<HTMLInputElement>('input[type=search]');
  if (field) field.value = parameters.get('q') ?? '';
  const select = form.querySelector('select');
  if (select) select.value = parameters.get('sort') ?? 'relevance';
  return parameters;
}
