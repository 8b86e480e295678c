/**
 * The part of YAML that most files of ours are written in: maps and lists in lines of their own, values on one line.
 *
 * To load and warm up a whole parser takes half of what a command that installs has to do, for files such as this, and
 * to build a registry of ten thousand plugins by it takes thirty times as long as it does here. What is read here means
 * exactly the same to the whole parser, which a test holds for whatever it is given; everything else is left to it,
 * wrong files too, so that it alone says what is wrong.
 *
 * @source YAML 1.2.2 §7.3 (flow scalars), §8.2 (block collections), §10.3 (core schema)
 */

/** More than any file of ours has; lists are limited to more than that. */
const MAX_LINES = 2000;
const MAX_DEPTH = 20;

/** A map or a list that is open, and how far its lines are indented. */
type Frame = MapFrame | ListFrame;

interface MapFrame {
  readonly indent: number;
  readonly map: Record<string, unknown>;
  readonly list?: undefined;
}

interface ListFrame {
  readonly indent: number;
  readonly list: unknown[];
  readonly map?: undefined;
}

/** @returns undefined for what only the whole parser can read */
export function parsePlainYaml(text: string): Readonly<Record<string, unknown>> | undefined {
  if (UNKNOWN.test(text)) return undefined;
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) return undefined;
  const root = {};
  const reader: Reader = { frames: [{ indent: 0, map: root }], pending: undefined };
  for (const line of lines) if (!readLine(line, reader)) return undefined;
  return !reader.pending && Object.keys(root).length > 0 ? root : undefined;
}

/**
 * Letters, signs and pictures of all kinds, as the inside of a class. Not: controls, spaces that are none to YAML, what
 * may end a line, the byte order mark, what stands for a character that could not be read, and half a pair.
 */
const BEYOND_ASCII =
  '\\u00a1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\ud7ff\\ue000-\\ufefe\\uff01-\\uffdc\\u{10000}-\\u{10ffff}';
const UNKNOWN = new RegExp(`[^\\n -~${BEYOND_ASCII}]`, 'u');

/**
 * The text of a map in the same part of YAML, as the whole library would write it.
 *
 * @returns undefined where only that can write it
 */
export function formatPlainYaml(value: object): string | undefined {
  const lines = linesOfMap(value, '');
  return lines && `${lines.join('\n')}\n`;
}

function linesOfMap(map: object, spaces: string): readonly string[] | undefined {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(map)) {
    const name = formatKey(key);
    const written = name === undefined ? undefined : linesOfValue(value, spaces);
    if (name === undefined || written === undefined) return undefined;
    if (typeof written === 'string') lines.push(`${spaces}${name}: ${written}`);
    else lines.push(`${spaces}${name}:`, ...written);
  }
  return lines;
}

/** What stands on the line of the key, or the lines below it. */
function linesOfValue(value: unknown, spaces: string): string | readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return formatScalar(value);
  if (Object.keys(value).length === 0) return Array.isArray(value) ? '[]' : '{}';
  if (!Array.isArray(value)) return linesOfMap(value, `${spaces}  `);
  const items = value.map(formatScalar);
  return items.every((item) => item !== undefined) ? items.map((item) => `${spaces}  - ${item}`) : undefined;
}

function formatKey(key: string): string | undefined {
  if (/^[A-Za-z][\w-]{0,99}$/.test(key)) return isWord(key) ? undefined : key;
  return /^@[\w@/.-]{0,199}$/.test(key) ? `"${key}"` : undefined;
}

function formatScalar(value: unknown): string | undefined {
  const text = ['string', 'boolean', 'number'].includes(typeof value) ? String(value) : '';
  return readScalar(text) === value ? text : undefined;
}

interface Reader {
  readonly frames: Frame[];
  /** Puts what the next lines hold where it belongs. */
  pending: ((value: unknown) => void) | undefined;
}

/** @returns false for what only the whole parser can read */
function readLine(line: string, reader: Reader): boolean {
  const indent = spacesBefore(line);
  if (indent === line.length || line.startsWith('#', indent)) return true;
  const isItem = line.startsWith('- ', indent);
  const frame = reader.pending ? openFrame(indent, isItem, reader) : frameAt(indent, reader.frames);
  if (!frame || (frame.list !== undefined) !== isItem) return false;
  return frame.list
    ? readItem(line.slice(indent + 2), frame, reader)
    : readEntry(line.slice(indent), frame.map, reader);
}

function spacesBefore(line: string): number {
  let count = 0;
  while (line.startsWith(' ', count)) count += 1;
  return count;
}

/** A value, or the first entry of a map whose others are below it. */
function readItem(text: string, { list, indent }: ListFrame, reader: Reader): boolean {
  if (add(list, text.startsWith('{') ? readMap(text) : readScalar(text))) return true;
  if (reader.frames.length > MAX_DEPTH) return false;
  const map = {};
  list.push(map);
  reader.frames.push({ indent: indent + 2, map });
  return readEntry(text, map, reader);
}

/** The map or list that the first line below a key begins. */
function openFrame(indent: number, isItem: boolean, reader: Reader): Frame | undefined {
  const { frames, pending } = reader;
  if (indent <= (frames.at(-1)?.indent ?? 0) || frames.length > MAX_DEPTH) return undefined;
  const opened: Frame = isItem ? { indent, list: [] } : { indent, map: {} };
  pending?.(opened.map ?? opened.list);
  reader.pending = undefined;
  frames.push(opened);
  return opened;
}

/** The frame that a line belongs to which is indented so; those within it are done. */
function frameAt(indent: number, frames: Frame[]): Frame | undefined {
  while (frames.length > 1 && indent < (frames.at(-1)?.indent ?? 0)) frames.pop();
  const frame = frames.at(-1);
  return frame?.indent === indent ? frame : undefined;
}

function readEntry(text: string, map: Record<string, unknown>, reader: Reader): boolean {
  const { key, value } = readPair(text);
  if (key === undefined || isWord(key) || Object.hasOwn(map, key)) return false;
  if (value !== undefined) return set(map, key, readValue(value));
  reader.pending = (opened) => void (map[key] = opened);
  return true;
}

/** `key`, `'key'` or `"key"`, a colon, and what follows it on the line, if anything does. */
function readPair(text: string): { readonly key: string | undefined; readonly value: string | undefined } {
  const [, plain, , quoted, value] =
    /^(?:([A-Za-z][\w.-]{0,99})|(["'])([A-Za-z@][\w@/.-]{0,199})\2):(?: (.+))?$/.exec(text) ?? [];
  return { key: plain ?? quoted, value };
}

function add(list: unknown[], value: unknown): boolean {
  if (value !== undefined) list.push(value);
  return value !== undefined;
}

function set(map: Record<string, unknown>, key: string, value: unknown): boolean {
  if (value !== undefined) map[key] = value;
  return value !== undefined;
}

function readValue(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (text.startsWith('{')) return readMap(text);
  return text.startsWith('[') ? readList(text) : readScalar(text);
}

const ITEM = `(?:[A-Za-z][\\w/.*-]*|'[^',]*'|"[^",\\\\]*")`;
const LIST = new RegExp(`^\\[(${ITEM}(?:, ${ITEM})*)\\]$`);

/** `[one, two]` */
function readList(text: string): unknown {
  const items = LIST.exec(text)?.[1]?.split(', ');
  // The whole parser says of a list that it is too long.
  if (items === undefined || items.length > MAX_LINES) return undefined;
  const values = items.map(readScalar);
  return values.includes(undefined) ? undefined : values;
}

const PAIR = `[A-Za-z][\\w-]{0,99}: (?:${ITEM}|0|[1-9]\\d{0,14})`;
const MAP = new RegExp(`^\\{ ?(${PAIR}(?:, ${PAIR})*) ?\\}$`);

/** `{ one: true, two: word }` */
function readMap(text: string): unknown {
  const pairs = MAP.exec(text)?.[1]?.split(', ');
  if (pairs === undefined || pairs.length > MAX_LINES) return undefined;
  const map: Record<string, unknown> = {};
  for (const pair of pairs) {
    const colon = pair.indexOf(': ');
    const key = pair.slice(0, colon);
    if (isWord(key) || Object.hasOwn(map, key) || !set(map, key, readScalar(pair.slice(colon + 2)))) return undefined;
  }
  return map;
}

function readScalar(text: string): unknown {
  if (text.startsWith('"')) return readQuoted(text);
  if (text.startsWith("'")) return /^'([^'\\]*)'$/.exec(text)?.[1];
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (isWord(text)) return text === 'true' || text === 'false' ? text === 'true' : undefined;
  return TEXTS.some((form) => form.test(text)) ? text : undefined;
}

/** What stands in double quotes as JSON writes it, which YAML took over; half a pair is left to the whole parser. */
function readQuoted(text: string): unknown {
  if (PLAINLY_QUOTED.test(text)) return text.slice(1, -1);
  return QUOTED.test(text) ? JSON.parse(text) : undefined;
}

const PLAINLY_QUOTED = /^"[^"\\]*"$/;
const QUOTED = /^"(?:[^"\\]|\\["\\/bfnrt]|\\u(?![dD][89a-fA-F])[\da-fA-F]{4})*"$/;

const VERSION = /^[\^~]?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
/** `${HOST}:${PORT}`, in a line of its own */
const VARIABLES = /^\$\{\w+\}(?::\$\{\w+\})?$/;
/** Begins with a letter or as a path does, has no colon before a space, no `#`, and no space at its end. */
const TEXT = new RegExp(
  `^(?:[A-Za-z${BEYOND_ASCII}]|\\.{1,2}/)(?:[\\w .,;!?()'/@+=*&%$<>~^${BEYOND_ASCII}-]|:(?! |$))*(?<! )$`,
  'u',
);
const TEXTS = [VERSION, TEXT, VARIABLES];

/** What YAML, of some version and in some case, takes for something else than text. */
function isWord(text: string): boolean {
  return /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
}
