/** Why a review's text is not taken, as the end of a sentence; undefined where it is. The text is a stranger's. */
export function reviewTextProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  if (text.length > LONGEST) return `it has ${text.length} characters; ${LONGEST} are the limit`;
  if (/<\/?[a-z!?][^>]*>?/i.test(text)) return 'it holds HTML';
  if (CONTROL.test(text)) return 'it holds control characters, or characters that nobody sees';
  return undefined;
}

const LONGEST = 2000;
/** Line feeds are allowed; what turns the direction of text or takes no room is not. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/; // oxlint-disable-line no-control-regex -- what is refused
