/** A browser without any policy, and what it may find of a README in it: written down here a second time, on purpose. */
import { requireProgram } from '@ar-registry/testing/programs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** What a README did to the page that it was put into. */
export interface Observed {
  /** Calls of `pwn()`, dialogs, windows, and changes of the address. */
  readonly acts: readonly string[];
  /** Addresses that were asked for, but the page’s own. */
  readonly requests: readonly string[];
  /** Sentences about what should not be in the page. */
  readonly violations: readonly string[];
}

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await requireProgram('chromium'),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

const ADDRESS = 'http://registry.test/plugins/@acme/evil/';

/** Shows the README as the site does, and touches everything in it. */
export async function observe(page: Page, html: string): Promise<Observed> {
  const acts: string[] = [];
  const requests: string[] = [];
  page.on('dialog', (dialog) => {
    acts.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => acts.push(`window: ${popup.url()}`));
  page.on('framenavigated', (frame) => {
    if (frame.url() !== ADDRESS) acts.push(`address: ${frame.url()}`);
  });
  await page.route('**', async (route) => {
    const url = route.request().url();
    if (url === ADDRESS) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: pageOf(html) });
    requests.push(url);
    return route.abort();
  });
  await page.goto(ADDRESS, { waitUntil: 'load' });
  const violations = await page.evaluate(touchAndInspect, undefined);
  // What a handler or a timer began has happened by the second frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const called = await page.evaluate(() => (globalThis as unknown as { readonly pwned: number }).pwned);
  if (called > 0) acts.push(`pwn() was called ${called} times`);
  await page.unrouteAll();
  page.removeAllListeners();
  return { acts, requests, violations };
}

/** What should not be there of a README that the page of `observe` is given in place of its own. */
export function inspectNext(page: Page, html: string): Promise<readonly string[]> {
  return page.evaluate(touchAndInspect, html);
}

function pageOf(html: string): string {
  return `<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,"><script>
globalThis.pwned = 0;
globalThis.pwn = () => { globalThis.pwned += 1; };
</script></head><body><main><article id="frame">${html}</article></main><footer id="after">after</footer></body></html>`;
}

/** Runs in the page. @param html what to put into the frame first */
// oxlint-disable-next-line complexity -- what runs in the page has everything in it
function touchAndInspect(html: string | undefined): readonly string[] {
  const frame = document.querySelector('#frame');
  const found: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) found.push(sentence);
  };
  if (!frame) return ['the frame is gone'];
  if (html !== undefined) frame.innerHTML = html;
  const inspect = (): void => {
    for (const node of frame.querySelectorAll('*')) {
      const name = node.localName;
      expect(node.namespaceURI === 'http://www.w3.org/1999/xhtml', `${name} is of ${node.namespaceURI}`);
      expect(ELEMENTS.includes(name), `element ${name}`);
      for (const { name: key, value } of node.attributes)
        expect(
          new RegExp(`^(?:${ATTRIBUTES[key] ?? '(?!)'})$`, 'su').test(value),
          `${name} ${key}=${value.slice(0, 80)}`,
        );
    }
  };
  const ELEMENTS =
    'a b blockquote br code dd del details div dl dt em h2 h3 h4 h5 h6 hr i ins kbd li ol p pre q rp rt ruby s samp section span strong sub summary sup table tbody td tfoot th thead tr ul var'.split(
      ' ',
    );
  const ATTRIBUTES: Readonly<Record<string, string>> = {
    href: '(?:https?://(?!evil\\.test@)[^@/]+/.*|https?://[^@/?#]+|mailto:.*|#user-content-.*)',
    id: 'user-content-\\S+',
    class:
      '(?:align-(?:left|center|right)|sr-only|sr-only align-.*|task-list-item|contains-task-list|footnotes|image|table-scroll|task task-(?:done|open)|alert alert-(?:note|tip|important|warning|caution)|alert-title|language-[\\w+#.-]{1,30}|(?:hljs-[\\w-]+|[a-z]+_|language-\\w+)(?: (?:hljs-[\\w-]+|[a-z]+_|language-\\w+))*)?',
    title: '[^\\u202a-\\u202e\\u2066-\\u2069\\u200b]*',
    rel: 'nofollow ugc noopener',
    dir: 'ltr|rtl|auto',
    tabindex: '0',
    role: 'img',
    'aria-label': 'Done|Open|Back to reference [\\d-]+|.{0,200}',
    'aria-describedby': '(?:user-content-\\S+ ?)+',
    'data-footnote-ref': '.*',
    'data-footnote-backref': '.*',
    'data-footnotes': '.*',
    start: '\\d{1,6}',
    open: '',
    colspan: '\\d{1,2}',
    rowspan: '\\d{1,2}',
  };
  inspect();
  expect(document.body.children.length === 2 && document.body.className === '', 'the body has other children');
  expect(document.querySelector('main')?.children.length === 1, 'main has other children');
  expect(document.querySelector('#after')?.parentElement === document.body, 'the footer has moved');
  expect(document.title === 'Page' && typeof document.cookie === 'string', 'document was changed');
  expect(typeof document.getElementById === 'function' && !('pageTitle' in globalThis), 'a name was taken');
  expect(
    document.styleSheets.length === 0 && document.forms.length === 0 && document.images.length === 0,
    'it loads or asks',
  );
  expect(!/[\u202a-\u202e\u2066-\u2069\u200b]|\p{M}{9}/u.test(frame.textContent ?? ''), 'it has text that deceives');
  for (const node of frame.querySelectorAll<HTMLElement>('*'))
    for (const type of ['mouseover', 'focus', 'toggle', 'load', 'error', 'animationstart', 'click']) {
      node.addEventListener(type, (event) => event.preventDefault(), { once: true });
      node.dispatchEvent(new Event(type, { cancelable: true }));
    }
  // What a second parse makes of it, and one in places that pages have.
  for (const context of ['div', 'li', 'td', 'p', 'details', 'template']) {
    const other = document.createElement(context);
    other.innerHTML = frame.innerHTML;
    frame.innerHTML = other.innerHTML;
    inspect();
  }
  return [...new Set(found)];
}
