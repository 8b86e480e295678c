/** Reads single values of an answer. What is not there is a TypeError, which becomes GITHUB_ANSWER_INVALID. */

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

/** A whole number that JSON carries exactly: ids and sizes. */
export function whole(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new TypeError('not a whole number');
  return value;
}

/** A full object id. */
export function objectId(value: unknown): string {
  const id = text(value);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw new TypeError('not an object id');
  return id;
}

/** An address that a person may be shown, and a program may open. */
export function httpUrl(value: unknown): string {
  const url = text(value);
  if (!/^https?:\/\/[^\s]+$/.test(url) || !URL.canParse(url)) throw new TypeError('not an address');
  return url;
}
