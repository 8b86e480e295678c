/** Code in colours: classes only, named languages only, and no more of it than a page needs. */
import { common, createLowlight } from 'lowlight';
import { attribute, textOf, type Child, type Element } from './tree.ts';

const MAX_BLOCK = 20_000;
const MAX_TOTAL = 100_000;

/** Colours the blocks of one README: a `pre` at a time. */
export type Highlight = (pre: Element) => Element;

/** Makes what makes one for each README: the grammars are read once, for the first block that names a language. */
export function createHighlighter(): () => Highlight {
  let read: Lowlight | undefined;
  return () => highlightWith(() => (read ??= createLowlight(common)));
}

type Lowlight = ReturnType<typeof createLowlight>;

function highlightWith(grammars: () => Lowlight): Highlight {
  let left = MAX_TOTAL;
  return (pre) => {
    const code = codeIn(pre);
    const language = /(?:^| )language-(\S+)/.exec(code ? (attribute(code, 'className') ?? '') : '')?.[1]?.toLowerCase();
    if (!code || language === undefined) return pre;
    const lowlight = grammars();
    if (!lowlight.registered(language)) return pre;
    const source = textOf(code);
    if (source.length > Math.min(MAX_BLOCK, left)) return pre;
    left -= source.length;
    // Its tree is of elements and texts alone.
    const { children: made } = lowlight.highlight(language, source, { prefix: 'hljs-' });
    const children = withOwnClasses(made.filter(isContent));
    return { ...pre, children: [{ ...code, children }] };
  };
}

/** What highlight.js names, and not the bare names of languages within a language, which could be classes of a page. */
const OWN_CLASS = /^(?:hljs-[\w-]+|language-[\w+#.-]+|[a-z]+_)$/;

/** The tree is of this call alone, so it is changed in place; not by recursion, for it is as deep as an author likes. */
function withOwnClasses(children: Child[]): Child[] {
  const open = [...children];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type !== 'element') continue;
    const { className } = node.properties;
    if (Array.isArray(className))
      node.properties = { ...node.properties, className: className.filter((name) => OWN_CLASS.test(name)) };
    for (const child of node.children) if (isContent(child)) open.push(child);
  }
  return children;
}

/** The one `code` that a block has. */
function codeIn({ children }: Element): Element | undefined {
  const [code] = children;
  return children.length === 1 && code?.type === 'element' && code.tagName === 'code' ? code : undefined;
}

function isContent(node: { readonly type: string }): node is Child {
  return node.type === 'element' || node.type === 'text';
}
