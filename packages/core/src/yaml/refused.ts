/**
 * What YAML allows and a file of strangers may not have: aliases, merge keys, tags, keys that are not text, keys that
 * stand twice, deep nesting, and lists of many thousands.
 *
 * One pass without recursion, so that no nesting can exhaust the stack.
 */
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Alias, type YAMLMap } from 'yaml';
import { finding, type Finding, type FindingCode, type FindingFacts } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { offsetOf, placeAt, type Source } from './place.ts';

/** Deeper than any file of ours; far from what exhausts the stack of those who walk the value. */
const MAX_DEPTH = 40;
/** As many as an archive may have files. Validators compare the items of a list with each other. */
const MAX_ENTRIES = 5000;

/** One thing that is refused. The finding is made only when it is told: its place and frame cost time. */
export interface Refusal {
  readonly offset: number;
  readonly tell: () => Finding;
}

interface Step {
  readonly node: unknown;
  readonly depth: number;
}

/** In no particular order. @param root the node of the whole document */
export function refusedNodes(root: unknown, source: Source): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const refuse: Refuse = (code, node, facts) => {
    const offset = offsetOf(node);
    refusals.push({ offset, tell: () => finding(code, placeAt(source, offset), facts) });
  };
  const open: Step[] = [{ node: root, depth: 0 }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    checkNode(step, refuse);
    if (step.depth > MAX_DEPTH) continue;
    for (const node of childrenOf(step.node)) open.push({ node, depth: step.depth + 1 });
  }
  return refusals;
}

type Refuse = <Code extends FindingCode>(code: Code, node: unknown, facts: FindingFacts[Code]) => void;

function checkNode({ node, depth }: Step, refuse: Refuse): void {
  if (isAlias(node)) refuse('YAML_ALIAS', node, aliasFacts(node));
  if (isNode(node) && !isAlias(node) && isKnownTag(node.tag)) refuse('YAML_TAG', node, { tag: shortTag(node.tag) });
  if (isMap(node)) checkKeys(node, refuse);
  if (!isCollection(node)) return;
  if (depth > MAX_DEPTH) refuse('YAML_SYNTAX', node, { problem: `it is nested deeper than ${MAX_DEPTH} levels.` });
  if (node.items.length > MAX_ENTRIES) refuse('TOO_MANY', node, { key: 'one value', limit: MAX_ENTRIES });
}

function checkKeys(map: YAMLMap, refuse: Refuse): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (isAlias(key)) refuse('YAML_ALIAS', key, aliasFacts(key));
    else if (!isScalar(key) || typeof key.value !== 'string')
      refuse('YAML_SYNTAX', key, { problem: 'a key is not plain text.' });
    else if (key.value === '<<') refuse('YAML_ALIAS', key, { problem: 'merge keys (<<).' });
    else if (seen.has(key.value)) refuse('YAML_DUPLICATE_KEY', key, { key: toSingleLine(truncate(key.value, 80)) });
    else seen.add(key.value);
    if (isScalar(key) && isKnownTag(key.tag)) refuse('YAML_TAG', key, { tag: shortTag(key.tag) });
  }
}

function aliasFacts({ source }: Alias): FindingFacts['YAML_ALIAS'] {
  return { problem: `*${toSingleLine(truncate(source, 80))}.` };
}

function childrenOf(node: unknown): readonly unknown[] {
  if (isMap(node)) return node.items.map(({ value }) => value);
  return isSeq(node) ? node.items : [];
}

/** The tags that the parser knows; of all others it warns by itself. */
function isKnownTag(tag: string | undefined): tag is string {
  return tag !== undefined && /^(?:!|tag:yaml\.org,2002:(?:null|bool|int|float|str|map|seq))$/.test(tag);
}

function shortTag(tag: string): string {
  return tag.replace('tag:yaml.org,2002:', '!!');
}
