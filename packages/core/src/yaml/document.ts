/**
 * Parsing of YAML that strangers wrote: bounded, YAML 1.2 core schema, and with the place of every value.
 *
 * Refused: more than 64 KiB, duplicate keys, tags, merge keys, several documents, keys that are not strings, deep
 * nesting, and aliases (a file of this kind needs none, and they are how bombs are built).
 *
 * @source YAML 1.2.2 §10.3 (core schema)
 */
import { LineCounter, isMap, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import { finding, type Finding, type FindingFacts, type Place } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { kindOf, type KeyPath } from './describe.ts';
import { placeAt, placesIn, type Source } from './place.ts';
import { parsePlainYaml } from './plain.ts';
import { refusedNodes } from './refused.ts';

export const YAML_LIMIT_BYTES = 64 * 1024;

/** Nobody reads more, and a hostile file could ask for thousands. */
export const MAX_FINDINGS = 100;

/** A parsed file: its value as plain data, and where each part of it stands. */
export interface YamlFile {
  readonly value: unknown;
  /** Place of the key at `path`, or of its value, or of the nearest parent that exists. */
  readonly placeOf: (path: KeyPath, part?: 'key' | 'value') => Place;
}

export type YamlResult =
  | { readonly ok: true; readonly file: YamlFile }
  /** At most `MAX_FINDINGS`, in the order of the file. */
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * @param text attacker-controlled; a byte order mark is skipped and does not count as a column
 * @param file how the file is named in findings
 */
export function parseYaml(text: string, file: string, limitBytes: number = YAML_LIMIT_BYTES): YamlResult {
  const sizeBytes = new TextEncoder().encode(text).length;
  if (sizeBytes > limitBytes)
    return { ok: false, findings: [finding('YAML_TOO_LARGE', { file }, { sizeBytes, limitBytes })] };
  if (text.includes('\u0000') || text.includes('\ufffd'))
    return { ok: false, findings: [finding('YAML_ENCODING', { file }, {})] };
  const value = parsePlainYaml(text);
  if (value) return { ok: true, file: { value, placeOf: placesLater(text, file) } };
  return parseWhole(text, file);
}

/** Of most files no place is ever asked for. */
function placesLater(text: string, file: string): YamlFile['placeOf'] {
  let whole: YamlResult | undefined;
  return (path, part) => {
    whole ??= parseWhole(text, file);
    if (!whole.ok) throw new Error(`${file} was read in part, and cannot be read as a whole`);
    return whole.file.placeOf(path, part);
  };
}

function parseWhole(text: string, file: string): YamlResult {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  const source: Source = { rows: plain.split('\n'), file, lines: new LineCounter() };
  const document = parseSingle(plain, source);
  if ('findings' in document) return { ok: false, findings: document.findings };
  const findings = problemsOf(document.node, plain, source);
  if (findings.length > 0) return { ok: false, findings };
  return { ok: true, file: { value: document.node.toJS(), placeOf: placesIn(document.node.contents, source) } };
}

type Parsed = Document.Parsed;

function parseSingle(text: string, source: Source): { node: Parsed } | { findings: readonly Finding[] } {
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // The check of the library is quadratic; `refusedNodes` has a linear one.
    uniqueKeys: false,
    strict: true,
    stringKeys: false,
    prettyErrors: false,
    lineCounter: source.lines,
  });
  const [first, second]: readonly Parsed[] = documents;
  if (!first)
    return { findings: [finding('YAML_NOT_A_MAP', { file: source.file, line: 1, column: 1 }, { found: 'nothing' })] };
  if (second)
    return {
      findings: [finding('YAML_SYNTAX', placeAt(source, second.range[0]), { problem: 'it holds several documents.' })],
    };
  return { node: first };
}

function problemsOf(document: Parsed, text: string, source: Source): readonly Finding[] {
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => ({
      offset: error.pos[0],
      tell: () => fromYamlError(error, text, source),
    })),
    ...refusedNodes(document.contents, source),
  ];
  if (problems.length > 0)
    return problems
      .toSorted((a, b) => a.offset - b.offset)
      .slice(0, MAX_FINDINGS)
      .map(({ tell }) => tell());
  if (isMap(document.contents)) return [];
  return [finding('YAML_NOT_A_MAP', { file: source.file, line: 1, column: 1 }, { found: kindOf(document.contents) })];
}

/** Where the parser's words are of its inside, or do not say what to do. */
const OWN_WORDS: Partial<Record<YAMLError['code'], FindingFacts['YAML_SYNTAX']>> = {
  RESOURCE_EXHAUSTION: { problem: 'it is nested too deeply.', remedy: 'Nest the values less deeply.' },
  TAB_AS_INDENT: { problem: 'a tab stands where only spaces can indent.', remedy: 'Indent with spaces.' },
};

function fromYamlError(error: YAMLError, text: string, source: Source): Finding {
  const at = placeAt(source, error.pos[0]);
  const own = OWN_WORDS[error.code];
  if (own !== undefined) return finding('YAML_SYNTAX', at, own);
  // The message can quote the file.
  const problem = toSingleLine(truncate(error.message, 200));
  if (error.code === 'TAG_RESOLVE_FAILED') return finding('YAML_TAG', at, { tag: wordAt(text, error.pos[0]) });
  if (error.code === 'BAD_ALIAS') return finding('YAML_ALIAS', at, { problem });
  return finding('YAML_SYNTAX', at, { problem: `${problem}.`.replace(/\.\.$/, '.') });
}

function wordAt(text: string, offset: number): string {
  return toSingleLine(/^[^\s:]{1,80}/.exec(text.slice(offset, offset + 80))?.[0] ?? '');
}
