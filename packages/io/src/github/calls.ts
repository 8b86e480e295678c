/**
 * One way to ask GitHub: retried within bounds, paced as GitHub asks, ended by the signal, with errors of ours.
 *
 * The plugins of Octokit decide what is tried again; the waiting is done here, since theirs cannot be interrupted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling, type ThrottlingOptions } from '@octokit/plugin-throttling';
import { ArError } from '@ar-registry/core/errors';
import { createFetch } from './fetch.ts';
import { retryAfterSeconds, toGitHubError } from './translate-error.ts';

/** Where, as whom and for how long GitHub is asked. */
export interface GitHubOptions {
  /** Undefined asks as nobody, which few things allow. */
  readonly token: string | undefined;
  readonly apiUrl: string;
  /** Where assets of releases go; the API unless given. */
  readonly uploadUrl?: string;
  readonly signal: AbortSignal;
  readonly userAgent?: string;
  /** Told whenever it takes long, in a whole sentence. */
  readonly onNote?: (note: string) => void;
  /** How long a second of waiting is; for tests. */
  readonly secondMs?: number;
}

/** Octokit's, typed by GitHub's description of its API. */
export type Request = Octokit['request'];

/** How the methods of the client ask. */
export interface Calls {
  /** @param doing completes “while …” @throws GITHUB_…, ABORTED */
  readonly call: <T>(doing: string, work: (request: Request) => Promise<T>) => Promise<T>;
  /** Waits, as long as nobody interrupts. */
  readonly wait: (seconds: number) => Promise<void>;
}

const RETRIES = 3;
/** Longer than that nobody shall sit before a terminal: the command ends, and can be run again. */
const LONGEST_WAIT_SECONDS = 60;
const LIMIT_RETRIES = 2;
/** An answer of this kind stays the same however often one asks; 403 and 429 are the limits of the other plugin. */
const NOT_RETRIED = Array.from({ length: 100 }, (_, index) => 400 + index).filter((status) => status !== 408);

export function createCalls(options: GitHubOptions): Calls {
  const { signal, secondMs = 1000 } = options;
  const wait = async (seconds: number): Promise<void> => sleep(seconds * secondMs, undefined, { signal });
  const octokit = createOctokit(options, wait);
  return {
    wait,
    call: async (doing, work) => {
      if (signal.aborted) throw new ArError('ABORTED', { doing });
      try {
        return await work(octokit.request);
      } catch (error) {
        throw toGitHubError(error, { doing, aborted: signal.aborted });
      }
    },
  };
}

/** Of the request, the client, and how often it was tried again. */
type LimitArguments = readonly [unknown, unknown, number];

function ignore(): void {}

/** Octokit writes to the console unless it is given something else. */
export const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function createOctokit(options: GitHubOptions, wait: Calls['wait']): Octokit {
  const { token, apiUrl, signal, userAgent, onNote } = options;
  const onLimit = async (seconds: number, ...[, , retried]: LimitArguments): Promise<boolean> => {
    if (retried >= LIMIT_RETRIES || seconds > LONGEST_WAIT_SECONDS) return false;
    onNote?.(`GitHub asks to wait ${seconds} s.`);
    await wait(seconds);
    return true;
  };
  const Client = Octokit.plugin(backOff(wait, onNote), retry, throttling);
  const octokit = new Client({
    baseUrl: apiUrl,
    ...(token === undefined ? {} : { auth: token }),
    ...(userAgent === undefined ? {} : { userAgent }),
    log: SILENT,
    request: { fetch: createFetch(signal) },
    retry: { retries: RETRIES, retryAfterBaseValue: 0, doNotRetry: NOT_RETRIED },
    throttle: {
      onRateLimit: onLimit,
      onSecondaryRateLimit: onLimit,
      retryAfterBaseValue: 0,
      ...pace(apiUrl),
    },
  });
  octokit.hook.before('request', ({ headers }) => {
    headers['x-github-api-version'] = '2022-11-28';
  });
  return octokit;
}

/** Waits before the retry plugin asks again: 1, 2, 4 s, or what the server says. */
function backOff(wait: Calls['wait'], onNote: GitHubOptions['onNote']): (octokit: Octokit) => object {
  return (octokit) => {
    octokit.hook.error('request', async (error, { request }) => {
      const tried = Number(request.retryCount ?? 0);
      const status = 'status' in error ? error.status : 0;
      const again = status >= 400 && !NOT_RETRIED.includes(status) && tried < Number(request['retries'] ?? RETRIES);
      const seconds = Math.min(retryAfterSeconds(error) ?? 2 ** tried, LONGEST_WAIT_SECONDS);
      if (again) onNote?.(`GitHub does not answer as it should; asking again in ${seconds} s.`);
      if (again) await wait(seconds);
      throw error;
    });
    return {};
  };
}

/** github.com wants a second between two writes; a server of one's own has no such limit unless its owner sets one. */
function pace(apiUrl: string): Partial<Pick<ThrottlingOptions, 'write' | 'notifications'>> {
  if (new URL(apiUrl).host === 'api.github.com') return {};
  const atOnce = {
    key: () => ({ schedule: async (_how: object, work: () => unknown) => work() }),
  };
  // The plugin uses nothing else of a limiter.
  const unpaced = atOnce as unknown as NonNullable<ThrottlingOptions['write']>;
  return { write: unpaced, notifications: unpaced };
}

/** What `request` answers, or undefined if it is the status 404. */
export async function orMissing<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
}

/** The status that a request failed with. */
export function statusOf(error: unknown): number | undefined {
  const answered = error instanceof Error && 'response' in error && error.response !== undefined;
  return answered && 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

/** All items of a list that comes in pages of a hundred, at most `most` pages of them. */
export async function allPages<T>(
  most: number,
  page: (number: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let number = 1; number <= most; number += 1) {
    const found = await page(number);
    items.push(...found);
    if (found.length < 100) break;
  }
  return items;
}
