/** Where the nodes of a parsed file stand. Every look-up takes constant time: a hostile file can ask for thousands. */
import { isMap, isScalar, isSeq, type LineCounter, type Pair, type YAMLMap } from 'yaml';
import type { Place } from '../findings/index.ts';
import { formatPath, type KeyPath } from './describe.ts';
import { frameOfLine } from './frame.ts';

/** The text that was parsed, by line, and how it is named. */
export interface Source {
  readonly rows: readonly string[];
  readonly file: string;
  readonly lines: LineCounter;
}

/** @param offset in UTF-16 code units from the beginning of the text */
export function placeAt({ rows, file, lines }: Source, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  const at = { line: Math.max(line, 1), column: Math.max(col, 1) };
  return { file, ...at, frame: frameOfLine(rows[at.line - 1] ?? '', at.column) };
}

/** Offset of a node; 0 for what is none. */
export function offsetOf(node: unknown): number {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}

/** The place of each path below `root`: of its key, or of its value, or of the nearest parent that exists. */
export function placesIn(root: unknown, source: Source): (path: KeyPath, part?: 'key' | 'value') => Place {
  const child = childFinder();
  return (path, part = 'value') => {
    let node = root;
    let at = root;
    for (const [index, step] of path.entries()) {
      const found = child(node, step);
      if (!found) break;
      at = part === 'key' && index === path.length - 1 ? (found.key ?? found.value) : (found.value ?? found.key);
      node = found.value;
    }
    const dotted = formatPath(path);
    return { ...placeAt(source, offsetOf(at)), ...(dotted === '' ? {} : { path: dotted }) };
  };
}

interface Child {
  readonly key?: unknown;
  readonly value: unknown;
}

function childFinder(): (node: unknown, step: string | number) => Child | undefined {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();
  return (node, step) => {
    if (isSeq(node)) return typeof step === 'number' && step in node.items ? { value: node.items[step] } : undefined;
    if (!isMap(node)) return undefined;
    const index = indexes.get(node) ?? indexOf(node);
    indexes.set(node, index);
    return index.get(step);
  };
}

function indexOf(map: YAMLMap): ReadonlyMap<unknown, Pair> {
  return new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
}
