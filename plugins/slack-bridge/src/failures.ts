/** What a failed call of Slack's API means: try again, or give up. */
import { ErrorCode } from '@slack/web-api';

export type Failure =
  /** The same call may work later. */
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly waitMs?: number;
      /** It may have been carried out, and its answer lost. */
      readonly isUnsure?: true;
    }
  /** The same call would be answered in the same way. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Passes by itself. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Passes when somebody does something: what waits is kept until then. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['not_in_channel', 'invite the app to the channel'],
  ['channel_not_found', 'no such channel, or the app was not invited to it'],
  ['missing_scope', 'the app lacks a scope; see the README'],
  ['no_permission', 'the token lacks a permission'],
  ['access_denied', 'the workspace denies access'],
  ['invalid_auth', 'the token is not valid'],
  ['not_authed', 'the token is not valid'],
  ['account_inactive', 'the app was uninstalled'],
  ['token_revoked', 'the token was revoked'],
  ['token_expired', 'the token has expired'],
  ['not_allowed_token_type', 'the token is of another kind'],
  ['org_login_required', 'the workspace is being moved'],
  ['team_disabled', 'the workspace is disabled'],
]);

/** The port for events cannot be had. */
export class ListenError extends Error {
  readonly reason: string;

  constructor(host: string, port: number, cause: unknown) {
    const reason = `port ${port} of ${host} cannot be listened on: ${describe(cause)}`;
    super(reason, { cause });
    this.reason = reason;
  }
}

/** It was not even asked. */
const NOT_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_ACCESS_DENIED']);

/** @param error what the client of the API threw */
export function classify(error: unknown): Failure {
  const { code, retryAfter, data, statusCode } = factsOf(error);
  if (code === ErrorCode.RateLimitedError)
    return { kind: 'later', reason: 'rate limit', waitMs: 1000 * (retryAfter ?? 1) };
  if (code === ErrorCode.PlatformError) return classifyAnswer(String(data?.error));
  if (code === ErrorCode.HTTPError) return { kind: 'later', reason: `status ${statusCode}`, isUnsure: true };
  if (error instanceof ListenError) return { kind: 'later', reason: error.reason };
  const reason = describe(error);
  return { kind: 'later', reason, ...(!NOT_SENT.has(reason) && { isUnsure: true }) };
}

function classifyAnswer(answer: string): Failure {
  // An answer that is no JSON comes from something in between, and is as long as it likes.
  if (!/^[a-z][a-z0-9_]{1,80}$/.test(answer)) return { kind: 'later', reason: 'an answer that is not Slack’s' };
  if (PASSING.has(answer)) return { kind: 'later', reason: answer };
  const hint = HINTS.get(answer);
  return hint === undefined ? { kind: 'refused', reason: answer } : { kind: 'later', reason: `${answer} (${hint})` };
}

interface Facts {
  readonly code?: unknown;
  readonly retryAfter?: number;
  readonly statusCode?: number;
  readonly data?: { readonly error?: unknown };
}

function factsOf(error: unknown): Facts {
  return typeof error === 'object' && error !== null ? error : {};
}

/** `ECONNREFUSED`, `TimeoutError`, …: the innermost that has a code. Messages may hold addresses that are secrets. */
function describe(error: unknown): string {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = innerOf(at)) chain.push(at);
  const coded = chain
    .map((each) => ('code' in each ? String(each.code) : ''))
    .filter((code) => /^E[A-Z_]+$|^UND_/.test(code));
  const named = chain.map(({ name }) => name).filter((name) => name !== 'Error' && !name.startsWith('WebAPI'));
  return coded.at(-1) ?? named.at(-1) ?? 'it does not answer';
}

function innerOf(error: Error): unknown {
  if ('original' in error) return error.original;
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
