/**
 * The records of a pax extended header, read strictly.
 *
 * tar's parser skips records it does not understand. A record that one program skips and another obeys makes two
 * archives out of one, so a header with such a record is refused.
 *
 * @source POSIX.1-2024, pax Extended Header: `<length> <keyword>=<value>\n`
 */

/** Keyword → value, or why the header is refused. */
export type PaxHeader =
  | { readonly kind: 'records'; readonly records: ReadonlyMap<string, string> }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Keywords that change what an entry is, beyond what a plain file needs. */
const REFUSED: readonly { readonly keyword: RegExp; readonly what: string }[] = [
  { keyword: /^GNU\.sparse\./, what: 'a sparse file' },
  { keyword: /^linkpath$/, what: 'the target of a link' },
  { keyword: /^(?:hdrcharset|charset)$/, what: 'a character set' },
];

export function parsePax(body: Buffer): PaxHeader {
  const records = new Map<string, string>();
  let position = 0;
  while (position < body.length) {
    const record = parseRecord(body, position);
    if (record === undefined) return invalid('an extended header is malformed');
    const { keyword, value, end } = record;
    if (records.has(keyword)) return invalid('an extended header says the same thing twice');
    const refused = REFUSED.find((entry) => entry.keyword.test(keyword));
    if (refused) return invalid(`an extended header names ${refused.what}`);
    records.set(keyword, value);
    position = end;
  }
  return { kind: 'records', records };
}

interface PaxRecord {
  readonly keyword: string;
  readonly value: string;
  readonly end: number;
}

function parseRecord(body: Buffer, start: number): PaxRecord | undefined {
  const digits = /^[1-9][0-9]{0,6} /.exec(body.toString('latin1', start, start + 8))?.[0];
  if (digits === undefined) return undefined;
  const end = start + Number(digits);
  if (end > body.length || body[end - 1] !== 0x0a) return undefined;
  const text = body.toString('utf8', start + digits.length, end - 1);
  const equals = text.indexOf('=');
  if (equals <= 0 || /[\0\n\uFFFD]/.test(text)) return undefined;
  return { keyword: text.slice(0, equals), value: text.slice(equals + 1), end };
}

function invalid(problem: string): PaxHeader {
  return { kind: 'invalid', problem };
}
