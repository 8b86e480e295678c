/**
 * After sanitising: what the site adds and takes away. Links are checked and marked, images become links, headings get
 * ids, code its colours, tables and task lists what assistive technology needs.
 */
import { safeHref, type ReadmePlace } from './address.ts';
import { cleanText } from './clean-text.ts';
import { createHeadings, type Headings } from './headings.ts';
import type { Highlight } from './highlight.ts';
import type { Pictures, ShownPicture } from './images/index.ts';
import { attribute, element, text, textOf, type Child, type Element, type Root } from './tree.ts';

interface Context {
  readonly place: ReadmePlace | undefined;
  readonly pictures: Pictures | undefined;
  readonly headings: Headings;
  readonly highlight: Highlight;
  readonly ids: Set<string>;
  readonly insideLink: boolean;
}

/** @param root sanitised, and flat enough for recursion. @returns a new tree */
export function dress(
  root: Root,
  { place, pictures, highlight }: Pick<Context, 'place' | 'pictures' | 'highlight'>,
): Root {
  const own = new Set<string>();
  collectIds(root, own);
  const context = {
    place,
    pictures,
    headings: createHeadings(own),
    highlight,
    ids: new Set<string>(),
    insideLink: false,
  };
  return { type: 'root', children: dressAll(root.children, context) };
}

function collectIds(node: Root | Element, ids: Set<string>): void {
  if (node.type === 'element') {
    const id = attribute(node, 'id');
    if (id !== undefined) ids.add(id);
  }
  for (const child of node.children) if (child.type === 'element') collectIds(child, ids);
}

function dressAll(nodes: Root['children'], context: Context): Child[] {
  return nodes.flatMap((node) => {
    if (node.type === 'text') return [text(cleanText(node.value))];
    return node.type === 'element' ? dressElement(withSafeAttributes(node, context), context) : [];
  });
}

/** The attributes that hold text of authors, cleaned; an id only once, and only where it can be linked to. */
function withSafeAttributes(node: Element, { ids }: Context): Element {
  const { id: _id, title: _title, ...rest } = node.properties;
  const title = attribute(node, 'title');
  const id = attribute(node, 'id');
  const keeps = id !== undefined && /^[^\s"'<>&`]{1,200}$/.test(id) && !ids.has(id);
  if (keeps) ids.add(id);
  return {
    ...node,
    properties: {
      ...rest,
      ...(keeps ? { id } : {}),
      ...(title === undefined ? {} : { title: cleanText(title).slice(0, 500) }),
    },
  };
}

type Dresser = (node: Element, context: Context) => readonly Child[];

const DRESSERS: Readonly<Record<string, Dresser>> = {
  a: dressLink,
  blockquote: dressQuote,
  img: dressImage,
  input: dressTask,
  pre: (node, context) => {
    const highlighted = context.highlight({ ...node, children: dressAll(node.children, context) });
    return [{ ...highlighted, properties: { ...highlighted.properties, tabIndex: 0 } }];
  },
  table: (node, context) => [
    element('div', { className: ['table-scroll'], tabIndex: 0 }, [
      { ...node, children: dressAll(node.children, context) },
    ]),
  ],
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, dressHeading])),
};

function dressElement(node: Element, context: Context): readonly Child[] {
  const dresser = Object.hasOwn(DRESSERS, node.tagName) ? DRESSERS[node.tagName] : undefined;
  return dresser ? dresser(node, context) : [{ ...node, children: dressAll(node.children, context) }];
}

/** A link that leads nowhere is its text; one without text, which nobody could read aloud, is none. */
function dressLink(node: Element, context: Context): readonly Child[] {
  const href = safeHref(attribute(node, 'href'), context.place);
  const isLink = href !== undefined && !context.insideLink;
  const children = dressAll(node.children, isLink ? { ...context, insideLink: true } : context);
  const { href: _href, ...rest } = node.properties;
  if (!isLink || children.every(isSilent)) {
    const { id } = rest;
    return id === undefined ? children : [element('span', { id }, children)];
  }
  const marks = href.startsWith('#') ? {} : { rel: ['nofollow', 'ugc', 'noopener'] };
  return [{ ...node, properties: { ...rest, href, ...marks }, children }];
}

/** Whether it has nothing to read aloud. */
function isSilent(node: Child): boolean {
  if (node.type !== 'element') return textOf(node).trim() === '';
  return node.tagName === 'img' ? false : node.children.every(isSilent);
}

/**
 * An image of elsewhere would tell a third party who reads the page: it is a link, and inside a link its text. One that
 * lies in the archive is shown, in the room that it will take.
 */
function dressImage(node: Element, context: Context): readonly Child[] {
  const description =
    cleanText(attribute(node, 'alt') ?? '')
      .trim()
      .slice(0, 500) || 'image';
  const src = attribute(node, 'src');
  const picture = src === undefined ? undefined : context.pictures?.show(src);
  if (picture) return [pictureElement(node, description, picture)];
  const href = safeHref(src, context.place);
  if (context.insideLink || !href?.startsWith('https://'))
    return [element('span', { className: ['image'] }, [text(description)])];
  return [element('a', { className: ['image'], href, rel: ['nofollow', 'ugc', 'noopener'] }, [text(description)])];
}

/** No larger than it is, and never out of shape, whatever its author asks for. */
function pictureElement(node: Element, alt: string, picture: ShownPicture): Element {
  const wanted = Number(attribute(node, 'width') ?? Number.POSITIVE_INFINITY);
  const fromHeight = (Number(attribute(node, 'height') ?? Number.POSITIVE_INFINITY) * picture.width) / picture.height;
  const width = Math.max(1, Math.round(Math.min(picture.width, wanted, fromHeight)));
  const height = Math.max(1, Math.round((width * picture.height) / picture.width));
  return element('img', { src: picture.src, alt, width, height, loading: 'lazy', decoding: 'async' }, []);
}

/** No form control: one without a label is a riddle to a screen reader. */
function dressTask(node: Element): readonly Child[] {
  const isDone = node.properties['checked'] === true || node.properties['checked'] === '';
  const properties = {
    className: ['task', isDone ? 'task-done' : 'task-open'],
    role: 'img',
    ariaLabel: isDone ? 'Done' : 'Open',
  };
  return [element('span', properties, [text(isDone ? '☑' : '☐')])];
}

function dressHeading(node: Element, context: Context): readonly Child[] {
  const children = dressAll(node.children, context);
  const title = textOf({ type: 'root', children });
  if (title.trim() === '') return children;
  const level = context.headings.levelOf(Number(node.tagName.slice(1)));
  const id = attribute(node, 'id') ?? context.headings.idOf(title);
  if (id !== undefined) context.ids.add(id);
  return [element(`h${level}`, { ...node.properties, ...(id === undefined ? {} : { id }) }, children)];
}

const ALERT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/;

/** `> [!NOTE]` as GitHub has it. */
function dressQuote(node: Element, context: Context): readonly Child[] {
  const children = dressAll(node.children, context);
  const start = firstText(children);
  const [mark, name] = ALERT.exec(start?.value ?? '') ?? [];
  if (!start || mark === undefined || name === undefined) return [{ ...node, children }];
  start.value = start.value.slice(mark.length);
  const title = element('p', { className: ['alert-title'] }, [text(name.charAt(0) + name.slice(1).toLowerCase())]);
  return [element('div', { className: ['alert', `alert-${name.toLowerCase()}`] }, [title, ...children])];
}

/** What the first paragraph begins with. */
function firstText(children: readonly Child[]): Extract<Child, { readonly type: 'text' }> | undefined {
  const first = children.find((child) => child.type === 'element');
  const start = first?.tagName === 'p' ? first.children[0] : undefined;
  return start?.type === 'text' ? start : undefined;
}
