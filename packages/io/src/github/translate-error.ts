/** Errors of Octokit, of `fetch` and of answers that are not what they should be, as errors of ours. */
import { ArError, isArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';

interface Circumstances {
  /** Completes “while …”. */
  readonly doing: string;
  readonly aborted: boolean;
}

/** What is none of these is a bug and stays as it is. */
export function toGitHubError(error: unknown, { doing, aborted }: Circumstances): unknown {
  if (isArError(error)) return error;
  if (aborted) return new ArError('ABORTED', { doing }, { cause: error });
  if (error instanceof TypeError || error instanceof SyntaxError)
    return new ArError('GITHUB_ANSWER_INVALID', { doing }, { cause: error });
  const answer = answerOf(error);
  if (answer) return ofStatus(answer, doing, error);
  if (!(error instanceof Error && 'status' in error)) return error;
  return new ArError('GITHUB_UNAVAILABLE', { doing, reason: cleaned(error.message) }, { cause: error });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** What the server answered, if that is what failed. */
export function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('status' in response)) return undefined;
  const { status } = response;
  const headers = 'headers' in response && typeof response.headers === 'object' ? response.headers : {};
  if (typeof status !== 'number') return undefined;
  return { status, headers: { ...headers }, data: 'data' in response ? response.data : undefined };
}

function ofStatus(answer: Answer, doing: string, cause: unknown): ArError {
  const { status } = answer;
  const options = { cause };
  const reason = cleaned(reasonOf(answer.data)) || `it answered with the status ${status}`;
  if (isLimit(answer))
    return new ArError('GITHUB_RATE_LIMITED', { doing, waitSeconds: waitSecondsOf(answer) }, options);
  switch (status) {
    case 401:
      return new ArError('GITHUB_UNAUTHORIZED', { doing }, options);
    case 403:
    case 451:
      return new ArError('GITHUB_FORBIDDEN', { doing, reason }, options);
    case 404:
    case 410:
      return new ArError('GITHUB_NOT_FOUND', { doing }, options);
    default:
      return status < 500
        ? new ArError('GITHUB_REJECTED', { doing, reason }, options)
        : new ArError('GITHUB_UNAVAILABLE', { doing, reason: `it answered with the status ${status}` }, options);
  }
}

/** @source https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isLimit({ status, headers }: Answer): boolean {
  if (status === 429) return true;
  return status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0');
}

function waitSecondsOf({ headers }: Answer): number {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && after > 0) return Math.ceil(after);
  const [reset, date] = [Number(headers['x-ratelimit-reset']), Date.parse(String(headers['date']))];
  // The server's clock on both sides: that of this machine may be wrong.
  const seconds = Math.ceil(reset - date / 1000) + 1;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 60;
}

/** How long the server asks to wait, whatever kind of failure it is. */
export function retryAfterSeconds(error: unknown): number | undefined {
  const seconds = Number(answerOf(error)?.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** `message`, and of each of `errors` what it says: the field that is meant is often only there. */
function reasonOf(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('message' in data)) return '';
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors.slice(0, 5) : [];
  const details = errors.map(detailOf).filter((text) => text !== '');
  return [String(data.message), ...details].join('; ');
}

function detailOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  const known = { ...error } as Readonly<Record<string, unknown>>;
  const parts = ['message', 'resource', 'field', 'code'].map((key) => known[key]);
  return parts.filter((part) => typeof part === 'string').join(' ');
}

/** The words of a server: untrusted, and they may repeat what they were asked. */
function cleaned(text: string): string {
  const tokens = /\b(?:gh[a-z]_[A-Za-z0-9_]{10,}|github_pat_[A-Za-z0-9_]{10,})/g;
  return truncate(toSingleLine(hideCredentials(text)).replaceAll(tokens, '[token]'), 300);
}
