/** Logging in by a code that a person enters at GitHub: the device flow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createOAuthDeviceAuth } from '@octokit/auth-oauth-device';
import { Octokit } from '@octokit/core';
import { ArError } from '@ar-registry/core/errors';
import { stripControl } from '@ar-registry/core/text';
import { SILENT } from './calls.ts';
import { createFetch } from './fetch.ts';
import { answerOf, toGitHubError } from './translate-error.ts';

export interface DeviceCode {
  readonly code: string;
  /** Page where it is entered. */
  readonly url: string;
  readonly expiresInSeconds: number;
}

export interface DeviceLoginOptions {
  /** Of the OAuth app of the registry; no secret. */
  readonly clientId: string;
  readonly webUrl: string;
  readonly signal: AbortSignal;
  readonly userAgent?: string;
  /** Tells the person. */
  readonly onCode: (code: DeviceCode) => void;
}

/** Enough to fork, to push to the fork, to open a pull request and to upload a release. */
const SCOPES = ['public_repo'];

/**
 * Waits until the code was entered.
 *
 * @returns the token. @throws LOGIN_DENIED, LOGIN_EXPIRED, GITHUB_…, ABORTED
 */
export async function deviceLogin(options: DeviceLoginOptions): Promise<string> {
  const { clientId, webUrl, signal, userAgent, onCode } = options;
  const doing = 'logging in to GitHub';
  const octokit = new Octokit({
    // The flow takes its address from that of the API.
    baseUrl: webUrl === 'https://github.com' ? 'https://api.github.com' : `${webUrl}/api/v3`,
    ...(userAgent === undefined ? {} : { userAgent }),
    log: SILENT,
    request: { fetch: createFetch(signal) },
  });
  const setInterval = waitBetweenQuestions(octokit, signal);
  const auth = createOAuthDeviceAuth({
    clientType: 'oauth-app',
    clientId,
    scopes: SCOPES,
    request: octokit.request,
    onVerification: (verification) => {
      const { user_code: code, verification_uri: url, expires_in: expiresInSeconds, interval } = verification;
      setInterval(interval);
      verification.interval = 0;
      onCode({ code: stripControl(code), url: stripControl(url), expiresInSeconds });
    },
  });
  try {
    return (await auth({ type: 'oauth' })).token;
  } catch (error) {
    throw ofFlow(error) ?? toGitHubError(error, { doing, aborted: signal.aborted });
  }
}

/** The flow waits between its questions without looking at a signal; so the waiting is done here, before each one. */
function waitBetweenQuestions(octokit: Octokit, signal: AbortSignal): (seconds: number) => void {
  let interval = 0;
  octokit.hook.before('request', async ({ url }) => {
    if (url.endsWith('/login/oauth/access_token')) await sleep(interval * 1000, undefined, { signal });
  });
  octokit.hook.after('request', ({ data }: { readonly data: unknown }) => {
    // Whoever asks too often is told a longer one.
    if (typeof data === 'object' && data !== null && 'interval' in data && 'error' in data)
      interval = Number(data.interval) || interval;
  });
  return (seconds) => {
    interval = seconds;
  };
}

/** @source RFC 8628, section 3.5 */
function ofFlow(error: unknown): ArError | undefined {
  switch (errorIn(answerOf(error)?.data)) {
    case 'access_denied':
      return new ArError('LOGIN_DENIED', {}, { cause: error });
    case 'expired_token':
      return new ArError('LOGIN_EXPIRED', {}, { cause: error });
    default:
      return undefined;
  }
}

function errorIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'error' in data ? data.error : undefined;
}
