import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Program } from 'acorn';
import { analyzeNames, type Names } from './names.ts';
import { parseSource } from './parse.ts';
import { buildTree, type Node, type Tree } from './tree.ts';

/** A file of JavaScript, parsed. */
export interface SourceFile extends Tree, Names {
  /** Path in the package. */
  readonly path: string;
  readonly text: string;
  /** Whether it can be nothing but a module: most CommonJS reads as one too. */
  readonly isModule: boolean;
  readonly program: Program;
  /** Whether the whole file is strict: there `this` of a plain call is undefined. */
  readonly isStrict: boolean;
}

export type OpenedSource =
  | { readonly kind: 'opened'; readonly source: SourceFile }
  | { readonly kind: 'unparsable'; readonly line: number; readonly column: number }
  | { readonly kind: 'too-deep' };

/** Parses a file and finds its names. Never throws, whatever the text is. */
export function openSource(path: string, text: string): OpenedSource {
  const parsed = parseSource(text);
  if (parsed.kind !== 'parsed') return parsed;
  const { mode, program } = parsed;
  const tree = buildTree(program);
  if (!tree) return { kind: 'too-deep' };
  try {
    const names = analyzeNames(program, mode);
    const isModule = mode === 'module' && (path.endsWith('.mjs') || tree.nodes.some(isModuleSyntax));
    const isStrict = isModule || startsStrict(program);
    return { kind: 'opened', source: { path, text, isModule, program, isStrict, ...tree, ...names } };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'too-deep' };
    throw error;
  }
}

function isModuleSyntax({ type }: Node): boolean {
  return /^(?:Import|Export)(?!Expression)/.test(type) || type === 'MetaProperty';
}

function startsStrict({ body: [first] }: Program): boolean {
  return first?.type === 'ExpressionStatement' && first.directive === 'use strict';
}

export interface Spot {
  /** Lines and columns count from 1, columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The source line, shortened around the place, without anything that could disturb a terminal. */
  readonly evidence: string;
}

const EVIDENCE_LENGTH = 120;

/** Where `node` begins. */
export function spotOf({ text }: { readonly text: string }, { start }: Pick<Node, 'start'>): Spot {
  const before = text.slice(0, start);
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const rest = text.slice(lineStart);
  const length = /[\r\n\u2028\u2029]/.exec(rest)?.index ?? rest.length;
  const line = (before.match(/\r\n|\r|\n/g)?.length ?? 0) + 1;
  const column = start - lineStart + 1;
  return { line, column, evidence: excerpt(rest.slice(0, length), column) };
}

/** As much of a line as fits, the place in it. */
function excerpt(line: string, column: number): string {
  const skipped = column > EVIDENCE_LENGTH - 40 ? column - 40 : 0;
  const part = line.slice(skipped, skipped + 2 * EVIDENCE_LENGTH);
  return truncate(`${skipped > 0 ? '…' : ''}${toSingleLine(part)}`, EVIDENCE_LENGTH);
}
