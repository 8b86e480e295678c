/** On every page: colours, the search field, and the card that becomes a plate. */
import { startFind } from './find.ts';
import { startThemeSwitch } from './theme-switch.ts';

startThemeSwitch();
startFind();

// The card one follows grows into the plate of its page: both carry the name that the browser looks for.
addEventListener('pageswap', (event) => {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const to = event.activation?.entry?.url;
  const link = [...document.querySelectorAll<HTMLAnchorElement>('.card h3 a')].find((each) => each.href === to);
  link?.closest<HTMLElement>('.card')?.style.setProperty('view-transition-name', 'plate');
});
