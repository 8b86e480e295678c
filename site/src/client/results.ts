/** The list of results: built of text alone, whatever the index says. */
import { element } from './element.ts';
import { drawGlyph } from '../lib/draw-glyph.ts';
import type { Query } from './query.ts';
import type { Answer, Found } from './search-engine.ts';

/** So many are shown, and so many more each time. */
export const STEP = 12;

export interface Results {
  /** @param isCurrent whether nobody has asked something else meanwhile */
  show(answer: Answer, query: Query, isCurrent: () => boolean): Promise<void>;
  /** Nothing is asked: the list that the page came with. */
  rest(): void;
  /** The index could not be loaded. */
  fail(): void;
  /** Arrow keys lead from the field through the results and back; Escape to the field. */
  keys(field: HTMLInputElement): void;
}

export function createResults(): Results {
  const list = find('[data-results]');
  const resting = find('[data-resting]');
  const status = find('[data-status]');
  const more = find('[data-more]');
  const say = (text: string): void => {
    status.textContent = text;
  };
  let next: (() => Promise<void>) | undefined;
  more.addEventListener('click', () => void next?.());
  const toggle = (isAsked: boolean): void => {
    resting.hidden = isAsked;
    list.hidden = !isAsked;
    if (!isAsked) more.hidden = true;
  };
  return {
    show: async (answer, query, isCurrent) => {
      const page = async (from: number): Promise<readonly HTMLElement[]> => (await answer.page(from, STEP)).map(toCard);
      const first = await page(0);
      if (!isCurrent()) return;
      toggle(true);
      list.replaceChildren(...first);
      say(sentence(answer.total, query.words));
      more.hidden = answer.total <= STEP;
      next = async () => {
        const added = await page(list.childElementCount);
        if (!isCurrent()) return;
        list.append(...added);
        added[0]?.querySelector('a')?.focus();
        more.hidden = list.childElementCount >= answer.total;
      };
    },
    rest: () => {
      toggle(false);
      say('');
    },
    fail: () => {
      toggle(false);
      say('The search index could not be loaded. Below are the most downloaded plugins; browse by category meanwhile.');
    },
    keys: (field) => followKeys(list, field),
  };
}

function sentence(count: number, words: string): string {
  const about = words === '' ? '' : ` for “${words}”`;
  if (count > 0) return `${count} ${count === 1 ? 'plugin' : 'plugins'}${about}`;
  return `No plugin${about}. Try fewer or other words, or take a filter away.`;
}

function followKeys(list: HTMLElement, field: HTMLInputElement): void {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.activeElement !== field) return field.focus();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : undefined;
    if (step === undefined || list.hidden) return;
    const places = [field, ...list.querySelectorAll<HTMLAnchorElement>('h3 a')];
    const at = places.findIndex((place) => place === document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    places[at + step]?.focus();
  });
}

function toCard(found: Found): HTMLElement {
  const { url, name, version, description } = found;
  const [scope = '', local = ''] = name.split('/');
  return element('li', { class: 'card' }, [
    element('div', {}, [element('h3', {}, [element('a', { href: url }, [local])]), label(`${scope} · ${version}`)]),
    toGlyph(name),
    element('p', {}, [description]),
    element('div', { class: 'meta' }, factsOf(found)),
  ]);
}

function factsOf({ trust, type, rating, downloads }: Found): readonly HTMLElement[] {
  return [
    element('span', { class: `badge ${/^[a-z]+$/.test(trust) ? trust : ''}` }, [trust]),
    label(type),
    ...(rating === undefined ? [] : [label(element('span', { class: 'only-read' }, ['rated ']), `★ ${rating}`)]),
    ...(downloads > 0 ? [label(`↓ ${short.format(downloads)}/month`)] : []),
  ];
}

function label(...children: readonly (Node | string)[]): HTMLElement {
  return element('span', { class: 'label' }, children);
}

/** Its markup is made of numbers alone, whatever the name is. */
function toGlyph(name: string): Element {
  return new DOMParser().parseFromString(drawGlyph(name, 44), 'image/svg+xml').documentElement;
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`The search page has no ${selector}.`);
  return found;
}
