/**
 * Which searches may be told, and in which spelling. People paste what they have at hand: a token, a mail address, a path
 * of their disk, a host of their company. So this is a list of what passes, and whatever is not on it is not told at all;
 * nothing is cut out and the rest sent.
 *
 * It cannot know a name of a person from one of a product: the guide says so.
 */

/** More words are a sentence, and say more about who writes than about what is missing. */
export const MAX_TERM_WORDS = 3;
/** In UTF-16 code units, with the spaces. */
export const MAX_TERMS_LENGTH = 40;

/** Longer runs of letters and digits are keys more often than words. */
const MAX_RUN_LENGTH = 20;
/** More are a telephone number, an account, a date. */
const MAX_DIGITS = 5;
/** `k8s` and `i18n` change twice between letters and digits, what a machine made changes more often. */
const MAX_DIGIT_CHANGES = 2;
/** `PostgreSQL` and `openAIChatGPT` have few, what a machine made has many. */
const MAX_CASE_CHANGES = 3;
/** More than English has in a row. */
const CONSONANTS = /[bcdfghjklmnpqrstvwxz]{7}/;

/** Beside one of these, a word with a digit is a secret rather than a thing to look for. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  'apikey auth bearer credential credentials key login passphrase passwd password passwort pin pwd secret token'.split(
    ' ',
  ),
);

/** Beginnings of tokens that are known by them; those with an underscore do not come this far. */
const TOKEN_STARTS = /^(?:(?:sk|pk|rk|pat|xox[a-z]|xapp|glpat|gldt|hvs|dop)-.{8}|(?:akia|asia|aiza|eyj)(?=.*\d).{8})/;

const ASCII_WORD = /^(?:@[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)?|[a-z0-9]+(?:-[a-z0-9]+)*)$/;
/** The same in all scripts. Made when it is needed: what Unicode says of properties takes time to read. */
const anyWord = (): RegExp => /^(?!.*\p{Default_Ignorable_Code_Point})@?[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;

/**
 * The words of a search as they are told: in lower case and NFKC, in their order, with one space between them. Applied to
 * its own result it changes nothing, so whoever counts can tell what other programs than ours made up.
 *
 * @param text whatever a person typed, or what stands in a log: attacker-controlled
 * @returns nothing where it may hold something that is nobody’s business: anything but letters, digits, hyphens and
 * `@scope/name`; more than three words or 40 characters; what looks like a secret, a number of a person, a mail address,
 * a path or a URL. Then nothing is told.
 */
export function normalizeTerms(text: string): string | undefined {
  // Before anything is done with it: the text may be of any length.
  if (text.length > 4 * MAX_TERMS_LENGTH) return undefined;
  const written = fold(text);
  const terms = fold(written.toLowerCase());
  const words = terms.split(' ');
  if (terms === '' || terms.length > MAX_TERMS_LENGTH || words.length > MAX_TERM_WORDS) return undefined;
  if (!words.every(isPlainWord)) return undefined;
  if (changes(written, isLowerThenUpper) > MAX_CASE_CHANGES) return undefined;
  return looksSecret(terms, words) ? undefined : terms;
}

function fold(text: string): string {
  return text.normalize('NFKC').replaceAll(/ +/g, ' ').trim();
}

/** No dot, slash or sign of an address; `@` at the beginning alone. */
function isPlainWord(word: string): boolean {
  return ASCII_WORD.test(word) || anyWord().test(word);
}

function looksSecret(terms: string, words: readonly string[]): boolean {
  const digits = terms.match(digit())?.length ?? 0;
  if (digits > MAX_DIGITS) return true;
  const runs = terms.split(/[ @/-]/);
  if (digits > 0 && runs.some((run) => SECRET_WORDS.has(run))) return true;
  return runs.some(isMachineMade) || words.some((word) => TOKEN_STARTS.test(word));
}

function isMachineMade(run: string): boolean {
  if (run.length > MAX_RUN_LENGTH || changes(run, isDigitChange) > MAX_DIGIT_CHANGES) return true;
  return CONSONANTS.test(run);
}

function changes(text: string, isChange: (before: string, after: string) => boolean): number {
  const characters = Array.from(text);
  return characters.filter((after, index) => index > 0 && isChange(characters[index - 1] ?? '', after)).length;
}

function isLowerThenUpper(before: string, after: string): boolean {
  return before !== before.toUpperCase() && after !== after.toLowerCase();
}

function isDigitChange(before: string, after: string): boolean {
  return digit().test(before) !== digit().test(after);
}

function digit(): RegExp {
  return /\p{N}/gu;
}
