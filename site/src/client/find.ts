/** Search fields: `/` reaches them, and they answer while one types. */
import { element } from './element.ts';
import { loadEngine, type Found } from './search-engine.ts';
import { onTyping } from './typing.ts';

const MOST = 7;
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function startFind(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const field =
      document.querySelector<HTMLInputElement>('main input[type=search]') ??
      document.querySelector<HTMLInputElement>('[data-find] input');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  for (const form of document.querySelectorAll<HTMLFormElement>('[data-find]')) answerIn(form);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function answerIn(form: HTMLFormElement): void {
  const field = form.querySelector('input');
  const list = form.querySelector<HTMLElement>('.answers');
  if (!field || !list) return;
  const base = form.dataset['base'] ?? '/';
  const box = createBox(field, list);
  let asked = 0;
  const answer = async (): Promise<void> => {
    const words = field.value.trim();
    const mine = (asked += 1);
    if (words === '') return box.close();
    const engine = await loadEngine(base);
    const query = { words, chosen: [], sort: 'relevance' };
    const answered = await engine.search(query, { first: MOST, hasRatings: false });
    const found = await answered.page(0, MOST);
    // Whoever typed on meanwhile wants another answer.
    if (mine === asked && document.activeElement === field) box.show(found);
  };
  field.addEventListener('focus', () => void loadEngine(base).catch(() => undefined), { once: true });
  // Without an index the form still leads to the search page.
  onTyping(field, () => void answer().catch(() => box.close()));
  field.addEventListener('blur', () => setTimeout(() => box.close(), 150));
}

interface Box {
  show(found: readonly Found[]): void;
  close(): void;
}

/** @source WAI-ARIA Authoring Practices, combobox with a list of suggestions */
function createBox(field: HTMLInputElement, list: HTMLElement): Box {
  let chosen = -1;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Plugins');
  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-expanded', 'false');
  field.setAttribute('aria-controls', list.id);
  field.setAttribute('aria-autocomplete', 'list');
  const options = (): readonly HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role=option]')];
  const choose = (index: number): void => {
    chosen = index;
    for (const [place, option] of options().entries()) option.setAttribute('aria-selected', String(place === index));
    const option = options()[index];
    if (option) field.setAttribute('aria-activedescendant', option.id);
    else field.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  };
  const close = (): void => {
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    choose(-1);
  };
  const move = (step: number): void => {
    const count = options().length;
    const next = chosen + step;
    choose(next < -1 ? count - 1 : next >= count ? -1 : next);
  };
  field.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key === 'Escape') return close();
    const step = STEPS[event.key];
    if (step !== undefined) move(step);
    else if (event.key === 'Enter' && chosen >= 0) options()[chosen]?.querySelector('a')?.click();
    else return;
    event.preventDefault();
  });
  return {
    close,
    show: (found) => {
      list.replaceChildren(...found.map((each, index) => toOption(each, `${list.id}-${index}`)));
      list.hidden = found.length === 0;
      field.setAttribute('aria-expanded', String(found.length > 0));
      choose(-1);
    },
  };
}

function toOption({ url, name, description }: Found, id: string): HTMLElement {
  const link = element('a', { href: url, tabindex: '-1' }, [
    element('b', {}, [name]),
    element('small', {}, [description]),
  ]);
  return element('li', { role: 'option', id, 'aria-selected': 'false' }, [link]);
}
