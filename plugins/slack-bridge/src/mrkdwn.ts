/**
 * Slack's own markup and plain text. In Slack's, `&`, `<` and `>` are escaped, and what stands between `<` and `>` is a
 * mention, a channel or a link. Text of either side is written by strangers: what goes out can mention nobody whose name
 * is not known, and never a whole channel.
 *
 * @source Slack, "Formatting text for app surfaces"
 */

/** Names of what Slack writes as ids. Undefined where it is not known. */
export interface SlackNames {
  userName(id: string): string | undefined;
  channelName(id: string): string | undefined;
}

/** Ids of what people write as names. */
export interface SlackIds {
  userId(name: string): string | undefined;
  /** @param name without `#` */
  channelId(name: string): string | undefined;
}

/** What Slack sent, as people would write it. */
export function toPlainText(mrkdwn: string, names: SlackNames): string {
  return unescape(
    mrkdwn.replaceAll(/<((?:[@#!]|[a-z][a-z0-9+.-]*:)[^<>]*)>/gi, (_, inside: string) => readReference(inside, names)),
  );
}

function readReference(inside: string, names: SlackNames): string {
  const [target = '', label = ''] = splitOnce(inside, '|');
  const id = target.slice(1);
  switch (target.charAt(0)) {
    case '@':
      return `@${names.userName(id) ?? (label.replace(/^@/, '') || id)}`;
    case '#':
      return `#${names.channelName(id) ?? (label.replace(/^#/, '') || id)}`;
    case '!':
      return readSpecial(id, label);
    default:
      return readLink(target, label);
  }
}

function readLink(target: string, label: string): string {
  const address = target.replace(/^(?:mailto|tel):/, '');
  return label === '' || label === address || label === target ? address : `${label} (${address})`;
}

function readSpecial(name: string, label: string): string {
  const [kind = ''] = name.split('^');
  if (kind === 'date' || kind === 'subteam') return label === '' ? `@${kind}` : label;
  return label === '' ? `@${kind}` : `@${label.replace(/^@/, '')}`;
}

/** `&amp;lt;` is `&lt;`: the ampersand comes last. */
function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Plain text as Slack shows it; `@Name` of a person who is known becomes a mention, `#name` of a known channel a link. */
export function toMrkdwn(text: string, ids: SlackIds): string {
  let result = '';
  let at = 0;
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}_&<>/.@#])[@#](?=[\p{L}\p{N}])/gu)) {
    if (index < at) continue;
    const found = text[index] === '@' ? findUser(text, index + 1, ids) : findChannel(text, index + 1, ids);
    if (!found) continue;
    result += escapeMrkdwn(text.slice(at, index)) + found.mrkdwn;
    at = index + 1 + found.length;
  }
  return result + escapeMrkdwn(text.slice(at));
}

/** Only these three: others would be shown as they are written. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface Found {
  readonly mrkdwn: string;
  /** Of the name, in the text. */
  readonly length: number;
}

const MAX_NAME_CHARS = 80;
const MAX_WORDS = 4;

/** Names may have several words: the longest that is known counts. */
function findUser(text: string, start: number, ids: SlackIds): Found | undefined {
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
      const id = ids.userId(candidate);
      if (id !== undefined) return { mrkdwn: `<@${id}>`, length: candidate.length };
    }
  }
  return undefined;
}

function findChannel(text: string, start: number, ids: SlackIds): Found | undefined {
  const [name = ''] = /^[\p{L}\p{N}_-]+/u.exec(text.slice(start, start + MAX_NAME_CHARS)) ?? [];
  const id = ids.channelId(name);
  return id === undefined ? undefined : { mrkdwn: `<#${id}>`, length: name.length };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
