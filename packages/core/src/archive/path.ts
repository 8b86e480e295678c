/**
 * Which paths may be inside a package.
 *
 * Paths come from archives and are attacker-controlled. One that passes here names the same single file below the
 * folder it is joined to on Linux, macOS and Windows, and looks in a terminal as it is.
 */
import { truncate } from '../text/index.ts';
import type { ArchiveLimits } from './limits.ts';

interface Rule {
  readonly broken: RegExp;
  readonly problem: string;
}

/** Cc, Cf, Cs, Zl, Zp: control characters, and invisible ones that make a path look like another. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const WHOLE_PATH: readonly Rule[] = [
  { broken: /^$/u, problem: 'is empty' },
  { broken: new RegExp(UNPRINTABLE.source, 'u'), problem: 'contains a control or invisible character' },
  { broken: /\u{FFFD}/u, problem: 'is not valid UTF-8' },
  { broken: /\\/u, problem: 'contains a backslash' },
  { broken: /^\//u, problem: 'is absolute' },
  { broken: /^[a-z]:/iu, problem: 'starts with a drive letter' },
  { broken: /(?:^|\/)\.\.(?:\/|$)/u, problem: 'contains `..`' },
  { broken: /(?:^|\/)\.(?:\/|$)/u, problem: 'contains `.` as a folder' },
  { broken: /\/\/|\/$/u, problem: 'contains an empty name' },
];

/** @source Naming Files, Paths, and Namespaces (Microsoft): reserved characters, device names, trailing dot and space. */
const EACH_NAME: readonly Rule[] = [
  { broken: /[<>:"|?*]/u, problem: 'contains a character that Windows reserves' },
  { broken: /[. ]$/u, problem: 'has a name that ends in a dot or a space' },
  {
    broken: /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00B9\u00B2\u00B3]) *(?:\.|$)/iu,
    problem: 'has the name of a Windows device',
  },
  { broken: /^node_modules$/iu, problem: 'is inside node_modules' },
  { broken: /^(?:\.git|git~\d+)$/iu, problem: 'is inside .git' },
];

/** Letters, digits, and what joins them; no name that begins or ends with a dot, and none of a device: nearly all paths. */
const PLAIN =
  /^(?!(?:.*\/)?(?:con|prn|aux|nul|com\d|lpt\d|node_modules)(?:[./]|$))[a-z\d_-]+(?:\.[a-z\d_-]+)*(?:\/[a-z\d_-]+(?:\.[a-z\d_-]+)*)*$/i;

/** What is wrong with `path`, relative to the package and POSIX; undefined if nothing is. */
export function checkPackagePath(path: string, limits: Pick<ArchiveLimits, 'pathBytes' | 'depth'>): string | undefined {
  if (PLAIN.test(path) && path.length <= limits.pathBytes && path.split('/').length <= limits.depth) return undefined;
  const names = path.split('/');
  const broken =
    WHOLE_PATH.find((rule) => rule.broken.test(path)) ??
    EACH_NAME.find((rule) => names.some((name) => rule.broken.test(name)));
  if (broken) return broken.problem;
  if (path.normalize('NFC') !== path) return 'is not in Unicode normalisation form C';
  if (new TextEncoder().encode(path).length > limits.pathBytes) return `is longer than ${limits.pathBytes} bytes`;
  if (names.length > limits.depth) return `is more than ${limits.depth} levels deep`;
  return undefined;
}

/**
 * Equal for two paths that a case-insensitive or normalising file system takes for one.
 *
 * Upper case first: it joins more than lower case does (`ß` and `ss`, `ſ` and `s`).
 */
export function foldPath(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** `path` for a message: at most 120 characters, with nothing in it that a terminal obeys or hides. */
export function showPath(path: string): string {
  return truncate(
    path.replaceAll(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`),
    120,
  );
}
