/**
 * The chain that lines form: each carries a number and a value computed over itself and the value of the line before.
 *
 *     {"seq":7, … ,"chain":"sha256:<hex>"}
 *
 * The value is SHA-256, or HMAC-SHA-256 under a key, of the value of line 6, a line feed, and line 7 without its member
 * `chain`. Before the first line it is empty. Without a key a chain shows what was changed by mistake or by somebody who
 * did not mend the values after it; with one, also what was changed by whoever can write the file.
 */
import { createHash, createHmac } from 'node:crypto';

/** The last line of a chain: its number and its value. */
export interface Head {
  readonly seq: number;
  readonly chain: string;
}

/** The head of a chain that has no line yet. */
export const NO_LINES: Head = { seq: 0, chain: '' };

/** Computes the values of lines, with one key or without any. */
export interface Sealer {
  /** `sha256`, or `hmac-` and eight hex digits that tell keys apart. */
  readonly scheme: string;
  /** The value of a line whose text is `content` and a closing brace. */
  readonly valueOf: (previous: string, content: string | Buffer) => string;
}

/** Without a key, anybody can compute the values. */
export function createSealer(key?: string): Sealer {
  const hash = () => (key === undefined ? createHash('sha256') : createHmac('sha256', key));
  const scheme = key === undefined ? 'sha256' : `hmac-${hash().update('id of this key').digest('hex').slice(0, 8)}`;
  return {
    scheme,
    valueOf: (previous, content) =>
      `${scheme}:${hash().update(`${previous}\n`).update(content).update('}').digest('hex')}`,
  };
}

/** `json` as the line after `head`, with its newline. It must be an object with at least one member. */
export function sealLine(json: string, head: Head, sealer: Sealer): Head & { readonly line: string } {
  const seq = head.seq + 1;
  const content = `{"seq":${seq},${json.slice(1, -1)}`;
  const chain = sealer.valueOf(head.chain, content);
  return { seq, chain, line: `${content},"chain":"${chain}"}\n` };
}

export interface SealedLine extends Head {
  readonly scheme: string;
  /** What the value was computed over, without the closing brace. */
  readonly content: Buffer;
}

/** Longer than what a line begins and ends with. */
const EDGE_BYTES = 128;

/** Takes a line apart, without its newline; undefined if it has not the form of one in a chain. Bytes, since an edit may break UTF-8. */
export function parseSealedLine(line: Buffer): SealedLine | undefined {
  const start = /^\{"seq":([1-9]\d{0,14}),/.exec(line.toString('latin1', 0, EDGE_BYTES));
  const end = /,"chain":"((sha256|hmac-[0-9a-f]{8}):[0-9a-f]{64})"\}$/.exec(
    line.toString('latin1', Math.max(0, line.length - EDGE_BYTES)),
  );
  const [suffix = '', chain, scheme] = end ?? [];
  if (!start || chain === undefined || scheme === undefined) return undefined;
  return { seq: Number(start[1]), chain, scheme, content: line.subarray(0, line.length - suffix.length) };
}
