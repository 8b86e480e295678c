/**
 * Whether a name fits a pattern, in which `*` stands for any characters and everything else for itself.
 *
 * Names come from whoever connects, so this never backtracks further than to the last `*`: at worst the product of both
 * lengths, where a regular expression of many stars takes years.
 */
export function matches(pattern: string, name: string): boolean {
  let [at, to, star, resume] = [0, 0, -1, 0];
  while (to < name.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = to;
      at += 1;
    } else if (at < pattern.length && pattern[at] === name[to]) {
      at += 1;
      to += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      resume += 1;
      at = star + 1;
      to = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
