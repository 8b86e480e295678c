import type { Node } from '../source/tree.ts';
import type { Detector, DetectorInput } from './detector.ts';

const GENERATED_NAME = /^_0x[0-9a-f]{4,}$/i;
const MIN_GENERATED_NAMES = 6;
const MIN_SYMBOLS = 300;
const ENCODED_LENGTH = 1000;
const LONG_LINE = 2000;

export const obfuscation: Detector = {
  about:
    'code that was made unreadable: generated names, string tables, code of signs alone, encoded texts, minified code',
  check(input) {
    const { source, report } = input;
    if (hasGeneratedNames(input) || isOfSigns(source.text) || rotatesTable(input))
      report.finding('NAMES_OBFUSCATED', source.program, {});
    else if (isMinified(source.text)) report.finding('SOURCE_MINIFIED', source.program, {});
    for (const node of source.nodes) {
      const length = encodedLength(node);
      if (length > 0) report.finding('DATA_ENCODED', node, { length });
    }
  },
};

function hasGeneratedNames({ source: { nodes } }: DetectorInput): boolean {
  const names = new Set<string>();
  for (const node of nodes) if (node.type === 'Identifier' && GENERATED_NAME.test(node.name)) names.add(node.name);
  return names.size >= MIN_GENERATED_NAMES;
}

/** Code written with hardly a letter, as JSFuck and its kin do. */
function isOfSigns(text: string): boolean {
  const dense = text.replaceAll(/\s+/g, '');
  if (dense.length < MIN_SYMBOLS) return false;
  const letters = dense.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters / dense.length < 0.15 && (dense.match(/[[\]()!+$_~{}"\\]/g)?.length ?? 0) / dense.length > 0.6;
}

/** `table.push(table.shift())` in a loop that tries until a sum fits: the mark of a well-known obfuscator. */
function rotatesTable({ source }: DetectorInput): boolean {
  return source.nodes.some((node) => isRotation(node) && isInEndlessLoop(node, source.parentOf));
}

function isRotation(node: Node): boolean {
  if (node.type !== 'CallExpression' || memberName(node.callee) !== 'push') return false;
  const [argument] = node.arguments;
  return argument?.type === 'CallExpression' && memberName(argument.callee) === 'shift';
}

function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (node.property.type === 'Literal') return String(node.property.value);
  return !node.computed && node.property.type === 'Identifier' ? node.property.name : undefined;
}

function isInEndlessLoop(node: Node, parentOf: (node: Node) => Node | undefined): boolean {
  for (let around = parentOf(node); around; around = parentOf(around)) {
    if (around.type === 'WhileStatement')
      return (
        around.test.type === 'UnaryExpression' ||
        (around.test.type === 'Literal' &&
          around.test.value === true &&
          around.body.type === 'BlockStatement' &&
          around.body.body.some(({ type }) => type === 'TryStatement'))
      );
    if (/Function/.test(around.type)) return false;
  }
  return false;
}

/** Most of the text in lines that are too long for people. */
function isMinified(text: string): boolean {
  const long = text
    .split('\n')
    .filter((line) => line.length > LONG_LINE && !/^\s*(?:\/\/|\*)/.test(line) && !isOneText(line));
  return long.reduce((sum, line) => sum + line.length, 0) > text.length / 2;
}

/**
 * A line that is long because of one text in it: two quotes in a row with no bracket or semicolon before the first, and
 * no bracket after the second. By positions and not by a regular expression, which takes minutes for a hostile line.
 */
function isOneText(line: string): boolean {
  const firstCode = line.search(/[{}();]/);
  const before = firstCode === -1 ? line.length : firstCode;
  const after = Math.max(...['{', '}', '(', ')'].map((bracket) => line.lastIndexOf(bracket)));
  let previous: number | undefined;
  for (const { index } of line.matchAll(/['"`]/g)) {
    if (previous !== undefined && previous <= before && index > after) return true;
    previous = index;
  }
  return false;
}

/** The length of a text in base64 or hexadecimal; 0 for what is none, or says what it is. */
function encodedLength(node: Node): number {
  if (node.type !== 'Literal' || typeof node.value !== 'string' || node.value.length < ENCODED_LENGTH) return 0;
  return /^(?:[A-Za-z0-9+/_-]+={0,2}|[0-9a-fA-F\s]+|(?:\\x[0-9a-f]{2}|%[0-9a-f]{2})+)$/.test(node.value)
    ? node.value.length
    : 0;
}
