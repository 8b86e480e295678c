/**
 * Which elements and attributes a README may have: GitHub's rules, and less where GitHub's are for its own pages. What is
 * neither here nor added in `dress.ts` never gets into a page.
 *
 * @source https://github.com/gjtorikian/html-pipeline, `SanitizationFilter`, as hast-util-sanitize has it
 */
import type { Schema } from 'hast-util-sanitize';

/** What ids of authors begin with, so that none is one of the page’s, or a property of `document`. */
export const ID_PREFIX = 'user-content-';

const ALIGNMENTS = ['align-left', 'align-center', 'align-right'] as const;

const aligned = [['className', ...ALIGNMENTS]] satisfies NonNullable<Schema['attributes']>[string];

export const README_SCHEMA: Schema = {
  tagNames: words(
    'a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li ol p pre q rp rt ruby s',
    'samp section span strong sub summary sup table tbody td tfoot th thead tr ul var',
  ),
  // An element that would close one of the page’s own, or be moved out of the README, needs its parent.
  ancestors: {
    ...Object.fromEntries(['tbody', 'thead', 'tfoot', 'tr', 'td', 'th'].map((tag) => [tag, ['table']])),
    li: ['ol', 'ul'],
    dt: ['dl'],
    dd: ['dl'],
    summary: ['details'],
    rt: ['ruby'],
    rp: ['ruby'],
  },
  attributes: {
    '*': ['id', 'title', ['dir', 'ltr', 'rtl', 'auto']],
    a: ['href', 'dataFootnoteRef', 'dataFootnoteBackref', 'ariaDescribedBy', 'ariaLabel'],
    code: [['className', /^language-[\w+#.-]{1,30}$/]],
    details: [['open', true]],
    div: aligned,
    ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'table'].map((tag) => [tag, aligned])),
    h2: [['className', 'sr-only', ...ALIGNMENTS]],
    img: ['src', 'alt', ['width', /^\d{1,4}$/], ['height', /^\d{1,4}$/]],
    input: [['type', 'checkbox'], ['disabled', true], 'checked'],
    li: [['className', 'task-list-item']],
    ol: [
      ['start', /^\d{1,6}$/],
      ['className', 'contains-task-list'],
    ],
    ul: [['className', 'contains-task-list']],
    section: ['dataFootnotes', ['className', 'footnotes']],
    td: [...aligned, ['colSpan', /^\d{1,2}$/], ['rowSpan', /^\d{1,2}$/]],
    th: [...aligned, ['colSpan', /^\d{1,2}$/], ['rowSpan', /^\d{1,2}$/]],
  },
  // What else may stand in an address is decided in `address.ts`.
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  clobber: ['id', 'ariaDescribedBy'],
  clobberPrefix: ID_PREFIX,
  required: { input: { type: 'checkbox', disabled: true } },
  // With all that is in them: their content is no text for readers.
  strip: words(
    'audio canvas embed frameset head iframe math noembed noframes noscript object plaintext script select style svg',
    'template textarea title video xmp',
  ),
};

function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
