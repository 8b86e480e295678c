/** Before sanitising: what authors write in the HTML of the nineties, said as this site says it. */
import { attribute, type Element, type Root } from './tree.ts';

const RENAMED: Readonly<Record<string, string>> = { strike: 's', tt: 'code', center: 'div' };

/** Changes the tree in place; it is of our own parse. */
export function modernise(node: Root | Element): void {
  // Only what a task list makes of `[x]` is a box; the sanitiser would make boxes of all controls.
  node.children = node.children.filter(
    (child) => child.type !== 'element' || child.tagName !== 'input' || child.properties['type'] === 'checkbox',
  );
  for (const child of node.children) {
    if (child.type !== 'element') continue;
    const alignment = alignmentOf(child);
    child.tagName = RENAMED[child.tagName] ?? child.tagName;
    if (alignment !== undefined) child.properties = { ...child.properties, className: [`align-${alignment}`] };
    modernise(child);
  }
}

/** `align`, `<center>`, and what a Markdown table makes of `:-:`. A class, since policies refuse style attributes. */
function alignmentOf(node: Element): string | undefined {
  if (node.tagName === 'center') return 'center';
  const style = /^text-align: ?(left|center|right)$/.exec(attribute(node, 'style') ?? '')?.[1];
  const align = /^(?:left|center|right)$/i.exec(attribute(node, 'align') ?? '')?.[0].toLowerCase();
  return style ?? align;
}
