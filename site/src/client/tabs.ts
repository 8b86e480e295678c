/**
 * Tabs over the sections of a page. Without this they are links to the sections, and the address says which one is seen;
 * with it they are tabs for assistive technology and the arrow keys, and the address still says it.
 */
export function startTabs(): void {
  const root = document.querySelector<HTMLElement>('[data-tabs]');
  const list = root?.querySelector<HTMLElement>('.tabs');
  if (!root || !list) return;
  const tabs = [...list.querySelectorAll<HTMLAnchorElement>('[data-tab]')];
  setRoles(list, tabs);

  const show = (wanted: HTMLAnchorElement): void => {
    root.dataset['active'] = wanted.dataset['tab'];
    for (const tab of tabs) {
      const isShown = tab === wanted;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      panelOf(tab)?.classList.toggle('shown', isShown);
    }
  };
  const open = (tab: HTMLAnchorElement): void => {
    show(tab);
    history.replaceState(history.state, '', tab.hash);
    tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const follow = (): void => {
    const tab = tabOf(location.hash, tabs) ?? tabs[0];
    if (tab) show(tab);
  };

  listen(list, tabs, open);
  addEventListener('hashchange', () => {
    follow();
    const target =
      location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (target && !target.classList.contains('panel')) target.scrollIntoView();
  });
  follow();
}

/** Clicks and keys. */
function listen(list: HTMLElement, tabs: readonly HTMLAnchorElement[], open: (tab: HTMLAnchorElement) => void): void {
  list.addEventListener('click', (event) => {
    const tab = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('[data-tab]') : null;
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(tab);
  });
  list.addEventListener('keydown', (event) => {
    const next =
      tabs[
        nextIndex(
          event.key,
          tabs.findIndex((tab) => tab === document.activeElement),
          tabs.length,
        )
      ];
    if (!next) return;
    event.preventDefault();
    next.focus();
    open(next);
  });
}

function setRoles(list: HTMLElement, tabs: readonly HTMLAnchorElement[]): void {
  list.setAttribute('role', 'tablist');
  for (const tab of tabs) {
    const panel = panelOf(tab);
    const id = tab.dataset['tab'] ?? '';
    tab.id = `tab-${id}`;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', id);
    panel?.setAttribute('role', 'tabpanel');
    panel?.removeAttribute('aria-label');
    panel?.setAttribute('aria-labelledby', tab.id);
  }
}

/** The tab of the section that the address names, or that holds what it names. */
function tabOf(hash: string, tabs: readonly HTMLAnchorElement[]): HTMLAnchorElement | undefined {
  const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  return target ? tabs.find((tab) => panelOf(tab)?.contains(target)) : undefined;
}

function panelOf(tab: HTMLAnchorElement): HTMLElement | null {
  return document.querySelector(tab.hash);
}

function nextIndex(key: string, index: number, length: number): number {
  const forward = getComputedStyle(document.documentElement).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (key === 'ArrowLeft' || key === 'ArrowRight') return (index + (key === forward ? 1 : length - 1)) % length;
  return -1;
}
