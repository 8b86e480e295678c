/** Discord's own markup for people, channels and emoji, and plain text. @source Discord, "Message Formatting" */

export interface MarkupNames {
  userName(id: string): string | undefined;
  channelName(id: string): string | undefined;
  roleName(id: string): string | undefined;
}

/** What Discord sent, as people would write it. */
export function toPlainText(text: string, names: MarkupNames): string {
  return text
    .replaceAll(/<@!?(\d{15,21})>/g, (_, id: string) => `@${names.userName(id) ?? id}`)
    .replaceAll(/<@&(\d{15,21})>/g, (_, id: string) => `@${names.roleName(id) ?? id}`)
    .replaceAll(/<#(\d{15,21})>/g, (_, id: string) => `#${names.channelName(id) ?? id}`)
    .replaceAll(/<a?(:\w{1,32}:)\d{15,21}>/g, '$1')
    .replaceAll(/<t:(-?\d{1,12})(?::[tTdDfFR])?>/g, (whole, seconds: string) => timeOf(seconds) ?? whole);
}

function timeOf(seconds: string): string | undefined {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export interface Marked {
  readonly text: string;
  /** Ids of those who are mentioned. */
  readonly users: readonly string[];
}

const MAX_NAME_CHARS = 80;
const MAX_WORDS = 4;

/** `@Name` of a person who is known becomes a mention. Who is notified of it is said beside the text. */
export function toMarkup(text: string, userId: (name: string) => string | undefined): Marked {
  const users = new Set<string>();
  let result = '';
  let at = 0;
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}_<@.])@(?=[\p{L}\p{N}_])/gu)) {
    const found = index < at ? undefined : findUser(text, index + 1, userId);
    if (!found) continue;
    result += `${text.slice(at, index)}<@${found.id}>`;
    at = index + 1 + found.length;
    users.add(found.id);
  }
  return { text: result + text.slice(at), users: [...users] };
}

interface Found {
  readonly id: string;
  readonly length: number;
}

/** Names may have several words: the longest that is known counts. */
function findUser(text: string, start: number, userId: (name: string) => string | undefined): Found | undefined {
  const words = text.slice(start, start + MAX_NAME_CHARS).matchAll(/[\p{L}\p{N}._'’-]+/gu);
  const ends: number[] = [];
  for (const { index, 0: word } of words) {
    const isNext = ends.length === 0 ? index === 0 : text.slice(start + (ends.at(-1) ?? 0), start + index) === ' ';
    if (!isNext || ends.length === MAX_WORDS) break;
    ends.push(index + word.length);
  }
  for (const end of ends.toReversed()) {
    const name = text.slice(start, start + end);
    // A sentence may end with it.
    for (const candidate of [name, name.replace(/[.'’-]+$/, '')]) {
      const id = userId(candidate);
      if (id !== undefined) return { id, length: candidate.length };
    }
  }
  return undefined;
}
