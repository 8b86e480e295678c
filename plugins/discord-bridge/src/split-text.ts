/**
 * Cuts a text into parts of a length. It cuts between paragraphs, lines or words where it can; never within a mention, a
 * link or an escaped character; and a block of code that is cut is closed in one part and opened again in the next.
 */
export function splitText(text: string, limit: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const end = findCut(rest, limit - RESERVE);
    const part = rest.slice(0, end);
    const open = openFence(part);
    parts.push(open === undefined ? part.trimEnd() : `${part.trimEnd()}\n${FENCE}`);
    const tail = rest.slice(end).replace(/^\n/, '');
    rest = open === undefined ? tail.replace(/^ +/, '') : reopen(open, tail);
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}

/** What fits, and a word on what does not: nobody reads a thousand parts, and they would hold up the others for long. */
export function shorten(text: string, limit: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= limit) return whole;
  return `${whole.slice(0, limit).toWellFormed()}\n… ${whole.length - limit} more characters`;
}

const FENCE = '```';
/** For the fence that closes a part. */
const RESERVE = 4;
/** Longer words after a fence are text, not the name of a language. */
const MAX_LANGUAGE_CHARS = 20;

/** A block that ends where it was cut needs no second half. */
function reopen(fence: string, tail: string): string {
  return /^\s*```/.test(tail) ? tail.replace(/^\s*```[^\S\n]*\n?/, '') : `${fence}\n${tail}`;
}

/** How far a part goes, at most `limit`. */
function findCut(text: string, limit: number): number {
  // What stands before a cut must be worth a part of its own, and longer than a fence that was opened again.
  const least = Math.floor(limit / 2);
  for (const separator of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(separator, limit - 1);
    if (at >= least && isWhole(text, at)) return at;
  }
  let end = limit;
  while (end > least && !isWhole(text, end)) end -= 1;
  return end > least ? end : limit - (isLowSurrogate(text, limit) ? 1 : 0);
}

/** Whether a cut there is outside of `<…>`, `&…;` and pairs of surrogates. */
function isWhole(text: string, at: number): boolean {
  if (isLowSurrogate(text, at)) return false;
  if (text.lastIndexOf('<', at - 1) > text.lastIndexOf('>', at - 1)) return false;
  return !/&[a-z]{0,4}$/.test(text.slice(Math.max(0, at - 5), at));
}

function isLowSurrogate(text: string, at: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '');
}

/** The fence that is open at the end of a text, with its language. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [, language = ''] of text.matchAll(/```([\w+-]*)/g))
    open = open === undefined ? FENCE + (language.length > MAX_LANGUAGE_CHARS ? '' : language) : undefined;
  return open;
}
