/**
 * The patterns that users configure: a part of the syntax of regular expressions, chosen so that no pattern and no text
 * together take long.
 *
 * Characters, `.`, `\d \w \s` and their opposites, `\` before any other character, classes as `[A-Z_]`, each followed by
 * `?`, `*`, `+`, `{n}` or `{m,n}`. A repeated part takes as much as it can and gives nothing back, at most 128
 * characters for all of a pattern. No groups, no alternatives, no anchors.
 */
const MAX_CHARS = 200;
const MAX_LENGTH = 128;
const ATOM = /\\[dDwWsS]|\\[^\p{L}\p{N}]|\[(?:\\[dDwWsS]|\\[^\p{L}\p{N}]|[^\\[\]])+\]|[^\\[\](){}?*+|^$]/uy;
const REPEAT = /[?*+]|\{(\d{1,3})(?:,(\d{1,3}))?\}/uy;

/** @throws {TypeError} that shows the pattern, if it cannot be used */
export function compilePattern(pattern: string): RegExp {
  if (pattern.length > MAX_CHARS) throw new TypeError(`A pattern has more than ${MAX_CHARS} characters.`);
  const parts = parseParts(pattern);
  const longest = parts.reduce((sum, { max }) => sum + max, 0);
  if (parts.every(({ min }) => min === 0) || longest > MAX_LENGTH) throw unusable(pattern);
  // What a lookahead has found is not looked for again in another way: nothing is given back.
  const source = parts.map(({ atom, min, max }, at) => `(?=(?<p${at}>(?:${atom}){${min},${max}}))\\k<p${at}>`).join('');
  try {
    return new RegExp(source, 'gu');
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(pattern);
    throw error;
  }
}

interface Part {
  readonly atom: string;
  readonly min: number;
  readonly max: number;
}

function parseParts(pattern: string): readonly Part[] {
  const parts: Omit<Part, 'max'>[] = [];
  const limits: (number | undefined)[] = [];
  for (let at = 0; at < pattern.length;) {
    const atom = matchAt(ATOM, pattern, at)?.[0];
    if (atom === undefined) throw unusable(pattern);
    const repeat = matchAt(REPEAT, pattern, at + atom.length);
    const [min, max] = limitsOf(repeat);
    parts.push({ atom, min });
    limits.push(max);
    at += atom.length + (repeat?.[0].length ?? 0);
  }
  // The parts without a limit of their own share what the others leave.
  const open = limits.filter((max) => max === undefined).length;
  const taken = limits.reduce<number>((sum, max) => sum + (max ?? 0), 0);
  const share = Math.max(1, Math.floor((MAX_LENGTH - taken) / Math.max(1, open)));
  return parts.map((part, at) => ({ ...part, max: limits[at] ?? share }));
}

function limitsOf(repeat: RegExpExecArray | null): readonly [number, number | undefined] {
  const [all, min, max = min] = repeat ?? [];
  if (all === undefined) return [1, 1];
  if (min !== undefined) return [Number(min), Number(max)];
  if (all === '?') return [0, 1];
  return [all === '+' ? 1 : 0, undefined];
}

function matchAt(regExp: RegExp, text: string, at: number): RegExpExecArray | null {
  regExp.lastIndex = at;
  return regExp.exec(text);
}

function unusable(pattern: string): TypeError {
  return new TypeError(
    `AUDIT_REDACT_PATTERNS: ${JSON.stringify(pattern)} cannot be used; see the README for what can.`,
  );
}
