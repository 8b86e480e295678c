/**
 * Parsing of YAML that strangers wrote: bounded, YAML 1.2 core schema, and with the place of every value.
 *
 * Refused: more than 64 KiB (large maps take seconds), duplicate keys, custom tags, merge keys, several documents,
 * keys that are not strings, and aliases (a file of this kind needs none, and they are how bombs are built).
 *
 * @source YAML 1.2.2 §10.3 (core schema)
 */
import {
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type ParsedNode,
  type YAMLError,
} from 'yaml';
import { finding, type Finding, type Place } from '../findings/index.ts';
import { toSingleLine } from '../text/index.ts';
import { frameOf } from './frame.ts';

export const YAML_LIMIT_BYTES = 64 * 1024;

export type KeyPath = readonly (string | number)[];

/** A parsed file: its value as plain data, and where each part of it stands. */
export interface YamlFile {
  readonly value: unknown;
  /** Place of the key at `path`, or of its value, or of the nearest parent that exists. */
  readonly placeOf: (path: KeyPath, part?: 'key' | 'value') => Place;
}

export type YamlResult =
  | { readonly ok: true; readonly file: YamlFile }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** @param text attacker-controlled. @param file how the file is named in findings. */
export function parseYaml(text: string, file: string): YamlResult {
  const sizeBytes = new TextEncoder().encode(text).length;
  if (sizeBytes > YAML_LIMIT_BYTES)
    return { ok: false, findings: [finding('YAML_TOO_LARGE', { file }, { sizeBytes, limitBytes: YAML_LIMIT_BYTES })] };
  if (text.includes('\u0000') || text.includes('\ufffd'))
    return { ok: false, findings: [finding('YAML_ENCODING', { file }, {})] };
  const source: Source = { text, file, lines: new LineCounter() };
  const document = parseSingle(source);
  if ('findings' in document) return { ok: false, findings: document.findings };
  const problems = problemsOf(document.node, source);
  if (problems.length > 0) return { ok: false, findings: problems };
  return { ok: true, file: toYamlFile(document.node, source) };
}

interface Source {
  readonly text: string;
  readonly file: string;
  readonly lines: LineCounter;
}

type Parsed = Document.Parsed<ParsedNode>;

function parseSingle(source: Source): { node: Parsed } | { findings: readonly Finding[] } {
  const documents = parseAllDocuments(source.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    strict: true,
    stringKeys: false,
    prettyErrors: false,
    lineCounter: source.lines,
  });
  if (!Array.isArray(documents) || documents.length === 0)
    return { findings: [finding('YAML_NOT_A_MAP', { file: source.file, line: 1, column: 1 }, { found: 'nothing' })] };
  const second = documents[1] as Parsed | undefined;
  if (second)
    return {
      findings: [finding('YAML_SYNTAX', placeAt(source, second.range[0]), { problem: 'it holds several documents.' })],
    };
  return { node: documents[0] as Parsed };
}

function problemsOf(document: Parsed, source: Source): readonly Finding[] {
  const findings = [...document.errors, ...document.warnings].map((error) => fromYamlError(error, source));
  visit(document, {
    Alias: (_key, node) => void findings.push(aliasFinding(`*${node.source}`, node, source)),
    Pair: (_key, pair) => {
      const key: unknown = pair.key;
      if (isScalar(key) && key.value === '<<')
        findings.push(aliasFinding('merge keys (<<)', key as Node, source));
      else if (!isScalar(key) || typeof key.value !== 'string')
        findings.push(
          finding('YAML_SYNTAX', placeOfNode(key as Node, source), { problem: 'a key is not plain text.' }),
        );
    },
  });
  if (findings.length > 0) return findings;
  if (isMap(document.contents)) return [];
  return [finding('YAML_NOT_A_MAP', { file: source.file, line: 1, column: 1 }, { found: kindOf(document.contents) })];
}

function aliasFinding(what: string, node: Node, source: Source): Finding {
  return finding('YAML_ALIAS', placeOfNode(node, source), { problem: toSingleLine(what) });
}

function fromYamlError(error: YAMLError, source: Source): Finding {
  const at = placeAt(source, error.pos[0]);
  const problem = toSingleLine(error.message);
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return finding('YAML_DUPLICATE_KEY', at, { key: wordAt(source.text, error.pos[0]) });
    case 'TAG_RESOLVE_FAILED':
      return finding('YAML_TAG', at, { tag: wordAt(source.text, error.pos[0]) });
    case 'BAD_ALIAS':
      return finding('YAML_ALIAS', at, { problem });
    default:
      return finding('YAML_SYNTAX', at, { problem: `${problem}.`.replace(/\.\.$/, '.') });
  }
}

function wordAt(text: string, offset: number): string {
  return toSingleLine(/^[^\s:]{1,80}/.exec(text.slice(offset))?.[0] ?? '');
}

function toYamlFile(document: Parsed, source: Source): YamlFile {
  return {
    value: document.toJS({ maxAliasCount: 0 }),
    placeOf: (path, part = 'value') => locate(document, path, { part, source }),
  };
}

function locate(document: Parsed, path: KeyPath, how: { part: 'key' | 'value'; source: Source }): Place {
  const dotted = formatPath(path);
  const place = dotted === '' ? {} : { path: dotted };
  let node: unknown = document.contents;
  let at: unknown = node;
  for (const [index, step] of path.entries()) {
    const found = child(node, step);
    if (!found) break;
    at = how.part === 'key' && index === path.length - 1 ? (found.key ?? found.value) : (found.value ?? found.key);
    node = found.value;
  }
  return { ...placeOfNode(at as Node, how.source), ...place };
}

function child(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
    return pair && { key: pair.key, value: pair.value };
  }
  const items = (node as { items?: readonly unknown[] } | null)?.items;
  const item = typeof step === 'number' ? items?.[step] : undefined;
  return item === undefined ? undefined : { value: item };
}

function placeOfNode(node: Node | null | undefined, source: Source): Place {
  const range = isAlias(node) || (node && 'range' in node) ? node.range : undefined;
  return placeAt(source, range?.[0] ?? 0);
}

function placeAt({ text, file, lines }: Source, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  const at = { line: Math.max(line, 1), column: Math.max(col, 1) };
  return { file, ...at, frame: frameOf(text, at.line, at.column) };
}

/** `config.required[0]`. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** What a value is, in words: `a list`, `text`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value) || (typeof value === 'object' && 'items' in value && !isMap(value))) return 'a list';
  if (isScalar(value)) return kindOf(value.value);
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'keys with values';
  }
}
