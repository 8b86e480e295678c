/** What a failed call of Discord's API means: try again, or give up. */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes } from 'discord.js';

export type Failure =
  /** The same call may work later. */
  | { readonly kind: 'later'; readonly reason: string; readonly waitMs?: number }
  /** The same call would be answered in the same way. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Passes when somebody does something: what waits is kept until then. */
const HINTS: ReadonlyMap<unknown, string> = new Map([
  [RESTJSONErrorCodes.UnknownChannel, 'no such channel'],
  [RESTJSONErrorCodes.MissingAccess, 'the bot cannot see the channel'],
  [RESTJSONErrorCodes.MissingPermissions, 'the bot lacks a permission; see the README'],
]);

/** @param error what discord.js threw */
export function classify(error: unknown): Failure {
  if (error instanceof DiscordAPIError) return classifyAnswer(error);
  if (error instanceof HTTPError) return { kind: 'later', reason: `status ${error.status}` };
  return { kind: 'later', reason: describe(error) };
}

function classifyAnswer({ code, status }: DiscordAPIError): Failure {
  const hint = status === 401 ? 'the token is not valid' : HINTS.get(code);
  if (hint !== undefined) return { kind: 'later', reason: `${code} (${hint})` };
  if (status >= 500 || status === 429 || status === 408) return { kind: 'later', reason: `status ${status}` };
  return { kind: 'refused', reason: `status ${status}, code ${code}` };
}

/** `ECONNREFUSED`, `TokenInvalid`, …: the innermost that has a code. Messages may hold addresses that are secrets. */
function describe(error: unknown): string {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = innerOf(at)) chain.push(at);
  const codes = chain.flatMap((each) =>
    'code' in each && /^[A-Z][A-Za-z_]+$/.test(String(each.code)) ? [String(each.code)] : [],
  );
  const names = chain.map(({ name }) => name).filter((name) => name !== 'Error');
  return codes.at(-1) ?? names.at(-1) ?? 'it does not answer';
}

function innerOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
