/**
 * Logging in from a terminal: GitHub's device flow, with a person whom the test plays.
 *
 * @source RFC 8628; GitHub's answers are 200 with an `error`, where the RFC has 400.
 */
import { randomBytes } from 'node:crypto';
import type { Answer } from '../answer.ts';
import type { Received } from '../http.ts';
import type { State } from '../state.ts';
import { addToken } from '../staging.ts';

/** The flows that have been started, and what the person in front of the browser does. */
export interface DeviceFlow {
  /** Codes that were shown and are waiting, the oldest first. */
  readonly userCodes: readonly string[];
  /** Settles with the next code that is shown. */
  nextUserCode(): Promise<string>;
  approve(userCode: string, login: string): void;
  deny(userCode: string): void;
  expire(userCode: string): void;
  /** What the next questions for the token are answered with, before the truth: `slow_down` and the like. */
  answerFirst(...errors: readonly string[]): void;
}

interface Waiting {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
  intervalSeconds: number;
  outcome: { readonly kind: keyof typeof ERRORS } | { readonly kind: 'approved'; readonly login: string };
}

export interface DeviceHost extends DeviceFlow {
  /** Undefined when the request is not part of the flow. */
  answer(received: Received): Answer | undefined;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const EXPIRES_IN_SECONDS = 900;

/** `clientIds`: the applications that are registered; with none, every id is one. */
export function createDeviceHost(
  state: State,
  { clientIds, intervalSeconds }: { readonly clientIds: readonly string[]; readonly intervalSeconds: number },
): DeviceHost {
  const flows: Waiting[] = [];
  const listeners: ((code: string) => void)[] = [];
  const first: string[] = [];
  const isKnown = (clientId: string): boolean => clientIds.length === 0 || clientIds.includes(clientId);
  const find = (userCode: string): Waiting => {
    const flow = flows.find((one) => one.userCode === userCode);
    if (!flow) throw new Error(`No device flow shows the code ${userCode}.`);
    return flow;
  };
  return {
    get userCodes() {
      return flows.filter(({ outcome }) => outcome.kind === 'pending').map(({ userCode }) => userCode);
    },
    nextUserCode: () => new Promise((resolve) => listeners.push(resolve)),
    approve: (userCode, login) => void (find(userCode).outcome = { kind: 'approved', login }),
    deny: (userCode) => void (find(userCode).outcome = { kind: 'denied' }),
    expire: (userCode) => void (find(userCode).outcome = { kind: 'expired' }),
    answerFirst: (...errors) => void first.push(...errors),
    answer(received) {
      if (received.method !== 'POST') return undefined;
      const form = parseForm(received);
      if (received.url.pathname === '/login/device/code') {
        if (!isKnown(form['client_id'] ?? '')) return { status: 404, body: { error: 'Not Found' } };
        const flow = startFlow(state, form, intervalSeconds);
        flows.push(flow);
        for (const listener of listeners.splice(0)) listener(flow.userCode);
        return { status: 200, body: presentFlow(state, flow) };
      }
      if (received.url.pathname !== '/login/oauth/access_token') return undefined;
      const flow = flows.find((one) => one.deviceCode === form['device_code']);
      return { status: 200, body: answerToken(state, { flow, form, early: first.shift() }) };
    },
  };
}

function startFlow(state: State, form: Readonly<Record<string, string>>, intervalSeconds: number): Waiting {
  const code = randomBytes(4).toString('hex').toUpperCase();
  return {
    deviceCode: randomBytes(20).toString('hex'),
    userCode: `${code.slice(0, 4)}-${code.slice(4)}`,
    clientId: form['client_id'] ?? '',
    scopes: (form['scope'] ?? '').split(/[ ,]+/).filter((scope) => scope !== ''),
    expiresMs: state.clock.nowMs() + EXPIRES_IN_SECONDS * 1000,
    intervalSeconds,
    outcome: { kind: 'pending' },
  };
}

function presentFlow(state: State, flow: Waiting): unknown {
  return {
    device_code: flow.deviceCode,
    user_code: flow.userCode,
    verification_uri: `${state.hosts.web}/login/device`,
    expires_in: EXPIRES_IN_SECONDS,
    interval: flow.intervalSeconds,
  };
}

interface TokenQuestion {
  readonly flow: Waiting | undefined;
  readonly form: Readonly<Record<string, string>>;
  /** An error that the test wants first. */
  readonly early: string | undefined;
}

function answerToken(state: State, { flow, form, early }: TokenQuestion): unknown {
  if (form['grant_type'] !== GRANT) return refuse('unsupported_grant_type');
  if (!flow) return refuse('incorrect_device_code');
  if (flow.clientId !== form['client_id']) return refuse('incorrect_client_credentials');
  if (early !== undefined) return refuseEarly(flow, early);
  return settle(state, flow);
}

function settle(state: State, flow: Waiting): unknown {
  const { outcome } = flow;
  if (state.clock.nowMs() > flow.expiresMs) return refuse('expired_token');
  if (outcome.kind !== 'approved') return refuse(ERRORS[outcome.kind]);
  // A code is good for one token.
  flow.outcome = { kind: 'expired' };
  const token = addToken(state, outcome.login, { scopes: flow.scopes });
  return { access_token: token, token_type: 'bearer', scope: flow.scopes.join(',') };
}

const ERRORS = { pending: 'authorization_pending', denied: 'access_denied', expired: 'expired_token' } as const;

/** Being too fast costs five seconds, for good. */
function refuseEarly(flow: Waiting, error: string): unknown {
  if (error !== 'slow_down') return refuse(error);
  flow.intervalSeconds += 5;
  return { ...refuse(error), interval: flow.intervalSeconds };
}

function refuse(error: string): Record<string, unknown> {
  return {
    error,
    error_description: `The device flow answered ${error}.`,
    error_uri: 'https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow',
  };
}

/** The flow is asked in either notation. */
function parseForm({ headers, bytes, url }: Received): Readonly<Record<string, string>> {
  const text = new TextDecoder().decode(bytes);
  const isJson = (headers['content-type'] ?? '').includes('json');
  const body = isJson && text !== '' ? (JSON.parse(text) as Record<string, string>) : new URLSearchParams(text);
  return {
    ...Object.fromEntries(url.searchParams),
    ...(body instanceof URLSearchParams ? Object.fromEntries(body) : body),
  };
}
