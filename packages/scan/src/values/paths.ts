/** Paths that begin in a known folder. What cannot be shown to stay inside is not called a path of that folder. */
import { foldBinary, joinTexts } from './fold.ts';
import { constant, textOf, UNKNOWN, type SingleValue, type Value } from './value.ts';

type PathValue = Extract<SingleValue, { readonly kind: 'path' }>;

/** `path.join(...parts)`. */
export function joinPaths(parts: readonly Value[]): Value {
  const [first, ...more] = parts;
  if (first?.kind !== 'path') return joinWith('/', parts);
  return more.reduce<Value>((path, part) => (path.kind === 'path' ? below(path, part) : UNKNOWN), first);
}

/** `path.resolve(...parts)`: an absolute part would replace what came before. */
export function resolvePaths(parts: readonly Value[]): Value {
  const [first, ...more] = parts;
  const mayReplace = more.some((part) => part.kind !== 'segment' && (textOf(part) ?? '/').startsWith('/'));
  return first?.kind === 'path' && mayReplace ? UNKNOWN : joinPaths(parts);
}

/** `left + right`. */
export function plus(left: Value, right: Value): Value {
  const isPath = left.kind === 'path' || left.kind === 'segment' || right.kind === 'segment';
  return isPath ? concatenate([left, right]) : foldBinary('+', left, right);
}

/** What a template or `+` makes of `parts`. */
export function concatenate(parts: readonly Value[]): Value {
  const [first, ...more] = parts.filter((part) => textOf(part) !== '');
  if (first?.kind !== 'path') return areSegments(parts) ? { kind: 'segment' } : joinTexts(parts);
  const [next] = more;
  if (!next) return first;
  // Without a separator it is another name beside the folder.
  const separator = textOf(next);
  if (separator === undefined || (first.rest === '' && !/^[/\\]/.test(separator))) return UNKNOWN;
  const tail = joinTexts(more);
  return below(first, tail.kind === 'prefix' || tail.kind === 'unknown' ? joinedTail(more) : tail);
}

/** A tail of fixed texts and segments is as good as a segment, if no text in it climbs. */
function joinedTail(parts: readonly Value[]): Value {
  const isSafe = parts.every((part) => part.kind === 'segment' || isHarmless(textOf(part)));
  return isSafe ? { kind: 'segment' } : UNKNOWN;
}

function isHarmless(text: string | undefined): boolean {
  return text !== undefined && !text.includes('..');
}

function areSegments(parts: readonly Value[]): boolean {
  return (
    parts.some(({ kind }) => kind === 'segment') &&
    parts.every((part) => part.kind === 'segment' || /^[^/\\]*$/.test(textOf(part) ?? '/')) &&
    parts.every((part) => part.kind === 'segment' || isHarmless(textOf(part)))
  );
}

/** The path `part` below `path`. A part that is not known may climb: the path is then open, and so is said. */
function below(path: PathValue, part: Value): Value {
  if (part.kind === 'segment') return path.rest === undefined ? path : { ...path, rest: `${path.rest}/…` };
  const text = textOf(part);
  if (text === undefined) return part.kind === 'prefix' && climbs(part.text) ? UNKNOWN : { ...path, rest: undefined };
  if (path.rest === undefined) return climbs(text) ? UNKNOWN : path;
  const rest = normalize(`${path.rest}/${text}`);
  return rest === undefined ? UNKNOWN : { ...path, rest };
}

function climbs(text: string): boolean {
  return text.split(/[/\\]/).includes('..');
}

/** Without `.` and `..`; undefined if it leaves the folder. */
function normalize(path: string): string | undefined {
  const kept: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..' && kept.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') kept.push(part);
  }
  return kept.join('/');
}

function joinWith(separator: string, parts: readonly Value[]): Value {
  const spaced = parts.flatMap((part, index) => (index === 0 ? [part] : [constant(separator), part]));
  return areSegments(parts) ? { kind: 'segment' } : joinTexts(spaced);
}
