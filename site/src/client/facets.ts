/** Filters: their values are loaded when the panel is opened, or when the address names one. */
import { element } from './element.ts';
import { FACETS, type Facet } from './query.ts';
import type { Counts, SearchEngine } from './search-engine.ts';

/** Of tags and licences there can be thousands: the most used are offered. */
const MOST = 24;
const TITLES: Readonly<Record<Facet, string>> = {
  type: 'Type',
  category: 'Category',
  trust: 'Trust',
  license: 'Licence',
  tag: 'Tag',
};

export interface Facets {
  /** Shows how many there would be; of all plugins unless given, and nothing where nobody knows. */
  count(counts?: Counts | 'unknown'): void;
  /** Chooses what the address names. */
  restore(parameters: URLSearchParams): Promise<void>;
}

export interface FacetPorts {
  readonly load: () => Promise<SearchEngine>;
  /** What is shown may be counted from now on. */
  readonly loaded: () => void;
  /** Something else is chosen. */
  readonly changed: () => void;
}

export function startFacets(form: HTMLFormElement, { load, loaded, changed }: FacetPorts): Facets {
  const panel = form.querySelector<HTMLDetailsElement>('[data-facets]');
  const place = panel?.querySelector<HTMLElement>('[data-facet-list]');
  let all: Counts = {};
  let loading: Promise<void> | undefined;
  const loadAll = async (): Promise<void> => {
    all = await (await load()).facets();
    place?.replaceChildren(...FACETS.map((facet) => toGroup(facet, all[facet] ?? {})));
  };
  const ready = (): Promise<void> => (loading ??= loadAll());
  panel?.addEventListener('toggle', () => {
    if (panel.open && !loading) ready().then(loaded, () => (loading = undefined));
  });
  panel?.addEventListener('change', changed);
  return {
    count: (counts = all) => {
      for (const box of place?.querySelectorAll<HTMLInputElement>('input') ?? []) {
        const number = box.parentElement?.querySelector('small');
        if (number) number.textContent = counts === 'unknown' ? '' : String(counts[box.name]?.[box.value] ?? 0);
      }
    },
    restore: async (parameters) => {
      const named = FACETS.flatMap((facet) => parameters.getAll(facet).map((value) => [facet, value] as const));
      if (named.length > 0) {
        await ready();
        if (panel) panel.open = true;
      }
      for (const box of place?.querySelectorAll<HTMLInputElement>('input') ?? [])
        box.checked = named.some(([facet, value]) => box.name === facet && box.value === value);
      for (const [facet, value] of named) ensure(place, facet, value);
    },
  };
}

function toGroup(facet: Facet, values: Readonly<Record<string, number>>): HTMLElement {
  const shown = Object.entries(values)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST);
  return element('fieldset', { 'data-facet': facet }, [
    element('legend', { class: 'label' }, [TITLES[facet]]),
    ...shown.map(([value, count]) => toChoice(facet, value, count)),
  ]);
}

function toChoice(facet: string, value: string, count: number): HTMLElement {
  const box = element('input', { type: 'checkbox', name: facet, value });
  return element('label', { class: 'choice' }, [
    box,
    element('span', {}, [value, ' ', element('small', {}, [String(count)])]),
  ]);
}

/** One that the address names, and that is not among the most used. */
function ensure(place: HTMLElement | null | undefined, facet: string, value: string): void {
  const group = place?.querySelector(`[data-facet="${facet}"]`);
  const boxes = [...(group?.querySelectorAll('input') ?? [])];
  if (!group || boxes.some((box) => box.value === value)) return;
  const choice = toChoice(facet, value, 0);
  group.append(choice);
  const box = choice.querySelector('input');
  if (box) box.checked = true;
}
