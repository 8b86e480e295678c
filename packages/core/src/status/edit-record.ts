/**
 * A record that is written anew although a person may have written in it: comments, quotes and blank lines stay where
 * what they belong to stays.
 */
import {
  isMap,
  isNode,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { firstDifference } from '../record/index.ts';

/**
 * The text with the values of `record`, in the order of its keys. Without comments or a style of its own in `text`,
 * these are the very bytes of `stringifyRecord(record)`.
 *
 * @param text of a record that was parsed before and found valid
 */
export function editRecord(text: string, record: object): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  document.contents = merged(document, document.contents, record) as typeof document.contents;
  return document.toString({ lineWidth: 0 });
}

function merged(document: Document, node: unknown, value: unknown): Node {
  if (isMap(node) && isPlainObject(value)) return mergeMap(document, node, value);
  if (isSeq(node) && Array.isArray(value)) return mergeSeq(document, node, value);
  return document.createNode(value, { aliasDuplicateObjects: false });
}

function mergeMap(document: Document, map: YAMLMap, value: Readonly<Record<string, unknown>>): YAMLMap {
  const before = map.toJS(document) as Readonly<Record<string, unknown>>;
  // `{}` is how an empty map is written, and no wish for that style.
  if (map.items.length === 0) map.flow = false;
  map.items = Object.entries(value).map(([key, after]) => {
    const pair = map.items.find((item) => String(item.key) === key);
    if (!pair) return document.createPair(key, after);
    return same(before[key], after) ? pair : mergePair(document, pair, after);
  });
  return map;
}

function mergePair(document: Document, pair: Pair, after: unknown): Pair {
  const { value } = pair;
  pair.value = merged(document, value, after);
  keepComments(value, pair.value);
  return pair;
}

/** What stands beside a value speaks of its key, so that it stays when the value changes. */
function keepComments(from: unknown, to: unknown): void {
  if (from === to || !isNode(from) || !isNode(to)) return;
  if (from.comment) to.comment = from.comment;
  if (from.commentBefore) to.commentBefore = from.commentBefore;
}

function mergeSeq(document: Document, seq: YAMLSeq, value: readonly unknown[]): YAMLSeq {
  const before = seq.toJS(document) as readonly unknown[];
  if (seq.items.length === 0) seq.flow = false;
  seq.items = value.map((after) => {
    const index = before.findIndex((item) => same(item, after));
    return index === -1 ? document.createNode(after) : seq.items[index];
  });
  return seq;
}

function same(a: unknown, b: unknown): boolean {
  return firstDifference(a, b) === undefined;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
